"""Signed copies that come back: whether an uploaded paper is the report it should be, in the version of now (D-81).

The printed page names itself in a small QR code. What is found warns and never refuses: people may have good reasons,
and a reviewer sees the same words.
"""
from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _

from app import people, rendering
from app.errors import NotFound
from app.materials import Material, materials_by_id
from app.materials.blobs import read_blob
from app.operations import printings, releases
from app.operations.reports import code_now
from app.people import SYSTEM
from app.rendering.report_codes import PREFIX
from app.store import session, transaction
from app.store.models import Case, Draft, PaperCode

READER = Path(rendering.__file__).with_name("report_reader.py")
WALL_SECONDS = 20


def stale_copies(case: Case, form, answers: dict, *, actor=SYSTEM) -> dict[str, list[str]]:
    """field key -> what is to be said about its signed copies, of file fields with a `blank`; nothing where all is well."""
    found = {}
    for field in form.fields():
        if field.blank and (ids := answers.get(field.key)):
            notes = notes_on(case, field.blank, ids if isinstance(ids, list) else [ids], actor=actor)
            if notes:
                found[field.key] = notes
    return found


def notes_on(case: Case, report: str, ids: list[str], *, actor=SYSTEM) -> list[str]:
    """What is to be said about these copies of a report. With one copy of the version of now among them: nothing.

    `actor`: who looks. Their own copies are compared with what they have typed, those of others with what was submitted.
    """
    known = materials_by_id(ids)
    names = {one: rendering.read_name(text_of(known[one])) for one in ids if one in known}
    try:
        papers = {one: rendering.PaperName(case.number, report, _code_for(case, report, name, known[one].owner, actor)) for one, name in names.items()}
    except (NotFound, rendering.ReportBusy, rendering.ReportFailed, rendering.ReportTooLarge):
        return []
    if any(names[one] == current for one, current in papers.items()):
        return []
    notes = (_said(name, papers[one], case, known[one].name) for one, name in names.items())
    return list(dict.fromkeys(notes))


def _code_for(case: Case, report: str, name: rendering.PaperName | None, owner: str, actor) -> str:
    """The code that a copy should have; "" where the paper itself says that it is another, or nothing: then none is drawn."""
    if name is None or (name.case, name.report) != (case.number, report):
        return ""
    drafts = _drafts(case, owner) if owner == actor.id else ()
    return _code_at(case.number, case.head, case.release, report, owner, drafts)


def _drafts(case: Case, person: str) -> tuple:
    rows = sa.select(Draft.task_id, Draft.version).where(Draft.case_id == case.id, Draft.person_id == person).order_by(Draft.task_id)
    return tuple(map(tuple, session().execute(rows)))


@lru_cache(maxsize=1024)
def _code_at(number: str, _head: str, _release: str, report: str, owner: str, drafts: tuple) -> str:
    """The code of a print by the one who uploaded the copy, who may read less than others: the same until the case or a draft moves."""
    reader = people.actor_with_id(owner) or people.Actor(id=owner, ref=f"person:{owner}", name="")
    case = session().scalars(sa.select(Case).where(Case.number == number)).one()
    return code_now(case, report, reader, typed=bool(drafts))


def _said(name: rendering.PaperName | None, current: rendering.PaperName, case: Case, file: str) -> str:
    now = rendering.written(current.code)
    if name is None:
        return _("没有识别出“%(file)s”上的二维码，请核对纸面页脚的核对码与最新打印的是否一致。", file=file)
    if name.case != current.case:
        return _("“%(file)s”是另一个事项（业务流水号 %(number)s）的报表，请换成本事项的签字件。", file=file, number=name.case)
    if name.report != current.report:
        return _("“%(file)s”是《%(other)s》，这里需要的是《%(wanted)s》，请更换。", file=file, other=_title(case, name.report), wanted=_title(case, current.report))
    return _old(name, case, file, now)


def _old(name: rendering.PaperName, case: Case, file: str, now: str) -> str:
    printed = printings.printed_version(case.id, name.report, name.code)
    if printed is None:
        return _("“%(file)s”的核对码是 %(code)s，与现在的内容（%(now)s）不一致，请重新打印签名后上传。", file=file, code=rendering.written(name.code), now=now)
    return _("“%(file)s”是第 %(version)d 版（核对码 %(code)s），打印后内容已经修改（现为 %(now)s），请重新打印签名后上传。",
             file=file, version=printed[0], code=rendering.written(name.code), now=now)


def _title(case: Case, report: str) -> str:
    known = releases.procedure_of(case.release).reports.get(report)
    return known.title if known else report


def text_of(material: Material) -> str:
    """What the code on the paper says; "" when none could be read. Read once for each content."""
    known = session().get(PaperCode, material.sha256)
    if known is not None:
        return known.text
    text = _read(read_blob(material.served), material.media_type)
    with transaction() as store:
        if not store.scalar(sa.select(PaperCode.text).where(PaperCode.sha256 == material.sha256)):
            store.merge(PaperCode(sha256=material.sha256, text=text))
    return text


def _read(data: bytes, media_type: str) -> str:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [sys.executable, "-I", str(READER), file.name, media_type, f"{PREFIX}:"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=WALL_SECONDS, check=False)
            return str(json.loads(done.stdout))[:200]
        except (subprocess.TimeoutExpired, json.JSONDecodeError):
            return ""  # killed by its limits, or nothing to open: people compare the code by eye
