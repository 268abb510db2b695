"""L-05: a person with a canary in every place where words, numbers and files can be put is erased; nothing of it is found anywhere.

Another person's case beside it stays byte for byte and replays equal; verification passes; a certificate can still be checked.
"""
from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from datetime import timezone
from pathlib import Path
from urllib.parse import quote_plus, urlencode

import pikepdf
import pytest
import sqlalchemy as sa
import zstandard
from flask_migrate import stamp

from app import people
from app.audit.packs import Asked, Naming, Options, Scope, make_pack, write_log
from app.audit.packs import operations as packs
from app.backups.archive import read_archive
from app.backups.making import make_backup
from app.certificates import verification as certificate_checks
from app.certificates.models import Certificate
from app.certificates.signing import sign_certificate
from app.jobs import Job, JobItem, run_jobs
from app.mail.models import Mail
from app.materials import store_document, store_upload
from app.operations import outbox, own_data, releases
from app.operations.cases import start_case
from app.operations.idempotency import once
from app.operations.messages import send_message
from app.operations.replay import replay_case
from app.people import SYSTEM
from app.people.registered import Letter
from app.people.tellings import tell
from app.people.listed import ListedPerson
from app.retention import runs
from app.scenarios.standins import with_files
from app.store import session, transaction
from app.store.models import Case, Draft, SavedView, Task
from app.viewings import note_viewing
from tests.retention.walked import LATER, Canaries, administrators, carried_out
from tests.support.applications import answers_of, applicant, do, employer_of, make_applicants
from tests.support.builders import ROOT, actor, person, publish

TEXTS = ("text", "long_text")


def paper(canaries: Canaries) -> bytes:
    """A PDF with canaries in what it says of itself."""
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    document.docinfo["/Title"] = f"canary-{ord(canaries.key)}"
    document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return out.getvalue()


def marked(form, answers: dict, canaries: Canaries) -> dict:
    """The answers with a canary in every free text, in rows of tables too."""
    fields = {field.key: field for field in form.fields()}
    return {key: _marked(fields[key], value, canaries) if key in fields else value for key, value in answers.items()}


def _marked(field, value, canaries: Canaries):
    if field.type in TEXTS and isinstance(value, str) and not field.format and not field.pattern and not field.default and not field.personal:
        most = field.max_length or 200
        return value[:most - 10] + canaries.word("字")
    if field.type == "table" and isinstance(value, list):
        columns = {column.key: column for column in field.all_columns()}
        return [{key: _marked(columns[key], cell, canaries) if key in columns else cell for key, cell in row.items()} for row in value]
    return value


def application(number: int, canaries: Canaries, clock) -> Case:
    """A declaration with its files, returned once and withdrawn at the employer's, everything said with a canary."""
    who, employer, say = applicant(number), employer_of(number), canaries.word
    row = releases.current_process("title-review")
    forms = releases.procedure_of(row.release).forms
    agreed = with_files(forms[releases.parsed(row).start_form], answers_of("commitment", number), case=None, task_id="", owner=who, clock=clock)
    case = start_case("title-review", actor=actor(who), clock=clock, answers=agreed)
    own = {"name": canaries.name, "phone": canaries.phone, "email": canaries.mail}
    given = answers_of("declaration_of", number) | own
    declared = next(forms[task.form] for task in session().query(Task).filter_by(case_id=case.id, state="open"))
    with transaction():
        store_upload(paper(canaries), f"{say('材料')}.pdf", owner=who, clock=clock, case_id=case.id)
    do(case, "declare", who, clock, marked(declared, given, canaries))
    do(case, "employer_review", employer.who, clock, answers_of("employer_review_of", number), "return", say("退回意见"))
    while outbox.drain_outbox(clock, dry=True):
        pass
    send_message(case.id, "terminate", actor=actor(who), clock=clock, reason=say("终止"))
    session().refresh(case)
    assert case.ended_at is not None
    return case


def around(number: int, canaries: Canaries, case: Case, clock) -> None:
    """What else the service keeps of a person: notices, mails, drafts, lists, copies, logs."""
    who, say = applicant(number), canaries.word
    with transaction() as store:
        tell(who, say("通知"), say("通知正文"), clock)
        store.add(Mail(key=f"m{number}", address=canaries.mail, subject=say("邮件"), text=say("邮件"), next_at=clock(), until=clock(), created_at=clock(), state="set_aside"))
        store.add(Letter(address=canaries.mail, title=say("信"), text=say("信"), at=clock()))
        store.add(Draft(task_id=f"t{number}", person_id=who, case_id=case.id, saved_at=clock(), data={"a": say("草稿")}))
        store.add(SavedView(person_id=who, place="desk", name=say("视图"), query=say("q"), at=clock()))
        store.add(SavedView(person_id="admin_one", place="desk", name=f"找人{number}", query=f"q={canaries.number}", at=clock()))
        store.add(SavedView(person_id="admin_one", place="audit", name=f"查人{number}", query=urlencode({"person": canaries.name}), at=clock()))
        note_viewing(actor("admin_one"), kind="audit", clock=clock, detail=f"person={canaries.name}")
        store.add(Job(id=f"job{number}", kind="audit-export", title=f"找{canaries.name}", person_id="admin_one", state="done", created_at=clock(), finished_at=clock()))
        store.add(JobItem(job_id=f"job{number}", position=1, label=f"找{canaries.phone}", item={"asked": {"person": canaries.name}}, state="done", at=clock()))
        once(actor(who), f"k{number}", say("请求"), clock, lambda: {"answer": say("答复")})
    own_data.ask_copy(actor(who), clock)
    own_data.make_copies(clock)


def issued(number: int, canaries: Canaries, case: Case, clock) -> Certificate:
    with transaction() as store:
        pdf = store_document(b"%PDF-1.4 certificate", "证书.pdf", owner=applicant(number), clock=clock, case_id=case.id)
        made = Certificate(number=f"2026{number:04d}", code="c" * 25 + str(number), call_id=f"c{number}", case_id=case.id, holder=f"person:{applicant(number)}",
                           holder_name=canaries.name, title="高级工程师", issued_at=clock().astimezone(timezone.utc), state="valid", state_at=clock(), material_id=pdf.id,
                           pdf_digest=pdf.sha256, fields={}, replaces="", edition=1)
        sign_certificate(made)
        store.add(made)
        return made


def rows_of(case_id: int) -> dict:
    """Everything that the tables say of a case."""
    from app.extensions import db

    of_cases = [table for table in db.metadata.sorted_tables if "case_id" in table.c]
    return {table.name: sorted(map(repr, session().execute(sa.select(table).where(table.c.case_id == case_id)))) for table in of_cases}


def opened(data: bytes, name: str) -> bytes:
    """The bytes of a file, and of what is packed in it."""
    found = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            found += [opened(book.read(part), part) for part in book.namelist()]
    with suppress(zstandard.ZstdError):
        found.append(zstandard.decompress(data))
    return b"\n".join(found)


def everything(app) -> dict[str, bytes]:
    """name -> bytes of every file of the service, and every row of the database, opened."""
    from app.extensions import db

    files = {str(path): opened(path.read_bytes(), path.name) for path in Path(app.config["VAR"]).rglob("*") if path.is_file()}
    url = db.engine.url
    if url.drivername.startswith("sqlite"):
        files |= {f"database{ending}": Path(url.database + ending).read_bytes() for ending in ("", "-wal") if Path(url.database + ending).exists()}
    tables = {f"table {table.name}": "\n".join(map(repr, session().execute(sa.select(table)))).encode() for table in db.metadata.sorted_tables}
    return files | tables


def where_found(places: dict[str, bytes], words: list[str]) -> list[tuple[str, str]]:
    return [(name, word) for name, data in places.items() for word in words if word.encode() in data or quote_plus(word).encode() in data]


@pytest.mark.both_stores
def test_no_canary_is_left_anywhere_and_the_other_person_is_untouched(app, clock, tmp_path):
    stamp()
    publish(ROOT, clock=clock)
    first, second = administrators(clock)
    gone, stays = Canaries("甲"), Canaries("乙")
    make_applicants([1, 2], clock, names={1: gone.name, 2: stays.name})
    for number, canaries in ((1, gone), (2, stays)):
        with transaction() as store:
            store.add(people.registered.PersonProfile(person_id=applicant(number), id_type="id-card", id_number=canaries.number, birth_date="1949-12-31", sex="1",
                                                      phone=canaries.phone, email=canaries.mail, verified=True))
            store.add(ListedPerson(organisation_id=employer_of(number).unit, name=canaries.name, document="id-card", number=canaries.number, created_at=clock(),
                                   created_by="admin_one", created_by_name="管理一"))
    case, other = application(1, gone, clock), application(2, stays, clock)
    for number, canaries, one in ((1, gone, case), (2, stays, other)):
        around(number, canaries, one, clock)
    certificate = issued(1, gone, case, clock)
    packs.ask("pack", Scope((case.id,)), title="取证", purpose="复议案件", names=True, materials=True, actor=person("auditor_lin", "auditor", clock=clock), clock=clock)
    run_jobs(clock, seconds=60)
    assert [item.words for item in session().query(JobItem).filter_by(state="failed")] == []
    before, code = rows_of(other.id), certificate.code
    assert certificate_checks.verify_code(code).title == "高级工程师"
    there = where_found(everything(app), gone.all())
    assert {word for _place, word in there} == set(gone.all()) and any("packs" in place for place, _word in there)

    clock.move_to(clock() + LATER)
    run = carried_out(runs.plan_person_run(applicant(1), "", actor=first, clock=clock), second, clock)
    assert run.report["stays"] == [] and run.report["compacted"]

    kept = {("table certificate", gone.name)} | {(f"database{ending}", gone.name) for ending in ("", "-wal")}  # the register must name its holder
    assert set(where_found(everything(app), gone.all())) <= kept
    assert rows_of(other.id) == before
    session().expire_all()
    assert replay_case(session().get(Case, case.id)).state == "erased"
    assert replay_case(session().get(Case, other.id)).state == "equal"
    assert faults() == []
    assert certificate_checks.verify_code(code).title == "高级工程师"
    exported(case, other, gone, tmp_path, clock, app)


def faults() -> list[str]:
    from app.proof.verification import verify_events

    return [fault.message for fault in verify_events()]


def exported(case, other, gone: Canaries, folder: Path, clock, app) -> None:
    """Logs, a pack and a backup made afterwards hold nothing of the person either."""
    for form in ("xes", "ocel"):
        write_log(form, folder / f"log.{form}", Scope(), Naming(True))
    make_pack(folder / "pack.zip", [case.id, other.id], Asked(Options(True, True), "取证", "复议案件", "系统"), actor=SYSTEM, clock=clock)
    make_backup(folder / "backup.tar", clock=clock, plain=True)
    places = {path.name: opened(path.read_bytes(), path.name) for path in folder.iterdir() if path.name in ("log.xes", "log.ocel", "pack.zip")}
    places |= {f"backup {name}": opened(data, name) for name, data in read_archive(folder / "backup.tar", [])}
    found = [(place, word) for place, word in where_found(places, gone.all()) if not (word == gone.name and place.startswith("backup"))]
    assert found == []
