"""Releases: writing one into the database, reading one back, and which processes a person may start.

A release is read once per process and cached by digest: it never changes.
"""
from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
import zstandard

from app import engine
from app.connectors import KNOWN_TOPICS
from app.definitions import Bundle, Finding, Procedure, check
from app.errors import MayNotStart, NotFound, ReleaseRefused
from app.store import session, transaction
from app.store.models import Case, Process, Release, ReleaseFile

KEEP_RELEASES = 64  # parsed releases kept in memory


def findings_of(bundle: Bundle) -> list[Finding]:
    """What the linter says, and, where it is content, whether the engine itself takes every process."""
    findings = check(bundle, topics=KNOWN_TOPICS)
    if any(finding.severity == "error" for finding in findings):
        return findings
    return findings + [finding for name in bundle.procedures for finding in _engine_findings(bundle.procedure(name))]


def _engine_findings(procedure: Procedure) -> list[Finding]:
    found = []
    for process_id, path in procedure.processes.items():
        try:
            engine.load_process(process_id, procedure.files)
        except engine.EngineError as error:
            found.append(Finding("engine", "error", getattr(error, "file", path) or path, getattr(error, "element", ""), str(error)))
    return found


def publish_release(bundle: Bundle, *, actor, clock, note: str) -> list[Release]:
    """Checks and publishes every procedure of the bundle; new cases use it from now on.

    A procedure whose content is already published is not written again but becomes the current one.
    Raises ReleaseRefused with the findings when there is an error.
    """
    ensure_publishable(bundle)
    with transaction():
        return [write_release(bundle.procedure(name), actor=actor, clock=clock, note=note) for name in bundle.procedures]


def publish_unknown(bundle: Bundle, *, actor, clock, note: str) -> list[Release]:
    """Publishes the procedures whose content was never published here; the others stay as their analysts left them.

    Raises ReleaseRefused as `publish_release`.
    """
    unknown = [procedure for procedure in map(bundle.procedure, bundle.procedures) if session().get(Release, procedure.digest) is None]
    if not unknown:
        return []
    ensure_publishable(bundle)
    with transaction():
        return [write_release(procedure, actor=actor, clock=clock, note=note) for procedure in unknown]


def ensure_publishable(bundle: Bundle) -> None:
    """Raises ReleaseRefused with the findings when there is an error."""
    errors = [finding for finding in findings_of(bundle) if finding.severity == "error"]
    if errors:
        raise ReleaseRefused(count=len(errors), findings=errors)


def taken_processes(procedure: Procedure) -> list[Finding]:
    """Processes whose ids belong to another procedure: publishing them would take that one's new cases (faults H-06)."""
    rows = session().execute(sa.select(Process.id, Process.procedure).where(Process.id.in_(list(procedure.processes)), Process.procedure != procedure.name))
    said = _("流程标识“%(id)s”已经属于程序“%(owner)s”，请在图中给流程另起一个标识")
    return [Finding("engine", "error", procedure.processes[id], id, said % {"id": id, "owner": owner}) for id, owner in rows]


def write_release(procedure: Procedure, *, actor, clock, note: str) -> Release:
    """Writes a procedure that was checked, inside the transaction around it; new cases use it from now on.

    Raises ReleaseRefused for one that would take over a process of another procedure.
    """
    if taken := taken_processes(procedure):
        raise ReleaseRefused(count=len(taken), findings=taken)
    release = session().get(Release, procedure.digest) or _write(procedure, actor, clock, note)
    release.effective_at = clock()
    for process_id in procedure.processes:
        process = engine.load_process(process_id, procedure.files)
        session().merge(Process(
            id=process_id, procedure=procedure.name, name=process.name, release=release.digest,
            starters=",".join(process.starters), retired=False,
        ))
    return release


def _write(procedure: Procedure, actor, clock, note: str) -> Release:
    number = session().scalar(sa.select(sa.func.count()).where(Release.procedure == procedure.name)) + 1
    release = Release(
        digest=procedure.digest, procedure=procedure.name, number=number, note=note,
        published_by=actor.id, published_at=clock(),
    )
    session().add(release)
    session().flush()
    session().add_all(
        ReleaseFile(digest=release.digest, path=path, content=zstandard.compress(content, 9))
        for path, content in procedure.content.items()
    )
    return release


def current_release(procedure: str) -> str:
    """The digest that new cases of the procedure get; "" when there is none. It stays when every process is retired."""
    started = sa.exists().where(Process.release == Release.digest, ~Process.retired)
    found = session().scalar(sa.select(Release.digest).where(Release.procedure == procedure).order_by(
        sa.func.coalesce(Release.effective_at, Release.published_at).desc(), sa.case((started, 1), else_=0).desc(), Release.number.desc()).limit(1))
    return found or ""


def in_use():
    """The condition on processes that people still work with: new cases can be started, or some of theirs run."""
    return sa.or_(~Process.retired, sa.exists().where(Case.process_id == Process.id, Case.ended_at.is_(None)))


def in_force() -> list[tuple[str, str]]:
    """(procedure, digest) of every procedure in use, by name: the one release that its offices work by."""
    rows = session().execute(sa.select(Process.procedure, Process.retired, Process.release).where(in_use()).order_by(Process.procedure, Process.retired)).all()
    digests: dict[str, str] = {}
    for procedure, retired, release in rows:
        digests.setdefault(procedure, release if not retired else current_release(procedure) or release)
    return list(digests.items())


def release_files(digest: str) -> dict[str, bytes]:
    """path -> content of a release. Raises NotFound."""
    rows = session().execute(sa.select(ReleaseFile.path, ReleaseFile.content).where(ReleaseFile.digest == digest)).all()
    if not rows:
        raise NotFound()
    return {path: zstandard.decompress(bytes(content)) for path, content in rows}


def procedure_of(digest: str) -> Procedure:
    """The procedure as it was published under this digest. Raises NotFound."""
    return _procedure(digest, _world())


def _world() -> str:
    """Which releases there are: a walk's throw-away app shares this process, and what is published in it is published nowhere else."""
    return current_app.extensions.get("world", "") if current_app else ""


@lru_cache(maxsize=KEEP_RELEASES)
def _procedure(digest: str, _world_of_it: str) -> Procedure:
    bundle = Bundle(release_files(digest))
    return bundle.procedure(bundle.procedures[0])


@lru_cache(maxsize=KEEP_RELEASES * 4)
def _process(digest: str, process_id: str, world: str) -> engine.Process:
    return engine.load_process(process_id, _procedure(digest, world).files)


def process_of(case: Case) -> engine.Process:
    """The process of this case, in the release the case is pinned to."""
    return _process(case.release, case.process_id, _world())


def process_in(digest: str, process_id: str) -> engine.Process:
    """A process as a release holds it. Raises NotFound when it does not."""
    if process_id not in procedure_of(digest).processes:
        raise NotFound()
    return _process(digest, process_id, _world())


def current_process(process_id: str) -> Process:
    """The process new cases get. Raises NotFound when there is none or it is retired."""
    row = session().get(Process, process_id)
    if row is None or row.retired:
        raise NotFound()
    return row


def parsed(row: Process) -> engine.Process:
    """The parsed process of a row of `current_process` or `startable`."""
    return _process(row.release, row.id, _world())


def startable(actor) -> list[Process]:
    """The processes that this actor may start, by name."""
    rows = session().scalars(sa.select(Process).where(~Process.retired).order_by(Process.name))
    return [row for row in rows if can_start(row, actor)]


def startable_ids(actor) -> frozenset[str]:
    """The ids of the processes that this actor may start."""
    return frozenset(row.id for row in startable(actor))


def can_start(row: Process, actor) -> bool:
    """Whether this actor may start a case of this process."""
    starters = {code for code in row.starters.split(",") if code}
    if "*" in starters:  # everybody who is signed in
        return True
    return bool(starters & {role for role, _organisation in actor.roles})


def ensure_can_start(row: Process, actor) -> None:
    if not can_start(row, actor):
        raise MayNotStart(process=row.name, why=_("您的角色不能发起此事项。"))
