"""Procedures as zip archives and back, so that files in a repository and the database agree byte by byte.

An archive comes from anywhere: names, kinds, sizes and counts are looked at before anything is unpacked.
"""
from __future__ import annotations

import stat
import zipfile
from collections.abc import Mapping
from io import BytesIO
from zlib import error as ZlibError

from flask_babel import gettext as _

from app.definitions.bundle import MAX_BYTES, MAX_FILES, MAX_TOTAL, TOP
from app.errors import ArchiveRefused, ProposalRefused
from app.store import transaction
from app.workbench import acts, proposals
from app.workbench.models import Proposal

MOST_PACKED = 20_000_000  # bytes of an archive
RATIO = 200  # times that a file may grow when it is unpacked; a diagram grows 20 times
EPOCH = (2020, 1, 1, 0, 0, 0)  # the same files give the same archive


def pack(files: Mapping[str, bytes]) -> bytes:
    """An archive with `processes/ forms/ reports/`, as `pingshen publish` reads them once unpacked."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path])
    return made.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """path -> content. A folder around everything (as archives of repositories have) is left out.

    Raises ArchiveRefused for what is no archive, too much of anything, links, and names that leave the archive.
    """
    if len(data) > MOST_PACKED:
        raise ArchiveRefused(why=_("压缩包超过 20 MB"))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _ensure_harmless(entries)
            return _within_top({entry.filename: _read(archive, entry) for entry in entries if not _is_litter(entry.filename)})
    except (zipfile.BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ArchiveRefused(why=_("这不是完好的 zip 压缩包，请重新打包")) from error


def _ensure_harmless(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise ArchiveRefused(why=_("文件过多或太大"))
    if len({entry.filename for entry in entries}) != len(entries):
        raise ArchiveRefused(why=_("同一个文件出现了两次"))
    for entry in entries:
        name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others take memory as the archive says
            raise ArchiveRefused(why=_("这不是完好的 zip 压缩包，请重新打包"))
        if kind not in (0, stat.S_IFREG):
            raise ArchiveRefused(why=_("“%(path)s”是链接或特殊文件，只能放普通文件", path=name[:200]))
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or "\0" in name:
            raise ArchiveRefused(why=_("“%(path)s”指向压缩包之外", path=name[:200]))
        if entry.file_size > MAX_BYTES or entry.file_size > max(entry.compress_size, 100) * RATIO:
            raise ArchiveRefused(why=_("“%(path)s”太大，或解压后膨胀得不正常", path=name[:200]))


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No byte more than the entry promised: the head of an archive may lie."""
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise ArchiveRefused(why=_("“%(path)s”的大小与压缩包所写不符", path=entry.filename[:200]))
    return content


def _is_litter(name: str) -> bool:
    """What operating systems leave in archives; nobody meant it."""
    return any(part.startswith((".", "__MACOSX")) or part == "Thumbs.db" for part in name.split("/"))


def _within_top(files: dict[str, bytes]) -> dict[str, bytes]:
    heads = {name.partition("/")[0] for name in files}
    if len(heads) == 1 and not heads & set(TOP):
        files = {name.partition("/")[2]: content for name, content in files.items()}
    return {name: content for name, content in files.items() if name.partition("/")[0] in TOP}


def procedures_in(files: Mapping[str, bytes]) -> list[str]:
    """The names of the procedures in unpacked files."""
    return sorted({path.split("/")[1] for path in files if path.count("/") > 1})


def import_into(proposal: Proposal, data: bytes, *, whole: bool, actor, clock) -> list[str]:
    """Puts the files of an archive into a proposal and returns the paths that differ now.

    `whole`: the archive is the procedure, and what it does not hold is taken out. Raises ArchiveRefused, ProposalClosed.
    """
    files = unpack(data)
    if procedures_in(files) != [proposal.procedure]:
        raise ArchiveRefused(why=_("压缩包里应当只有程序“%(name)s”的 processes、forms、reports 文件夹", name=proposal.procedure))
    with transaction():
        standing = proposals.files_of(proposals.ensure_open(proposals.locked(proposal.id)))
        changes: dict[str, bytes | None] = {path: content for path, content in files.items() if standing.get(path) != content}
        changes |= {path: None for path in standing if whole and path not in files}
        if changes:
            _save(proposal, changes, actor, clock)
            acts.record("imported", proposal.procedure, actor=actor, clock=clock, proposal_id=proposal.id, text=_("%(n)s个文件", n=len(changes)))
        return sorted(changes)


def _save(proposal: Proposal, changes: Mapping[str, bytes | None], actor, clock) -> None:
    versions = {path: found.version for path, found in proposals.changed_files(proposal).items()}
    try:
        proposals.save_files(proposal.id, changes, versions, actor=actor, clock=clock)
    except ProposalRefused as error:
        raise ArchiveRefused(why=error.why) from error


def begin_from(data: bytes, *, title: str, actor, clock) -> Proposal:
    """A proposal that holds exactly the one procedure of an archive, on top of its current release. Raises ArchiveRefused, ProposalRefused."""
    names = procedures_in(unpack(data))
    if len(names) != 1:
        raise ArchiveRefused(why=_("压缩包里应当正好有一个程序，现在有 %(n)s 个", n=len(names)))
    with transaction():
        proposal = proposals.begin_proposal(names[0], title=title, actor=actor, clock=clock)
        import_into(proposal, data, whole=True, actor=actor, clock=clock)
        return proposal
