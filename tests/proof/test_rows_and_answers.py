"""What verification holds of rows themselves: erased ones, old ones, answers, files; and what the database refuses by itself."""
import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import keys
from app.materials import store_upload
from app.operations.events import append_event, latest_state_digest
from app.people import SYSTEM
from app.proof.chain import ERASURE, mac_of
from app.proof.digests import hash_of, is_erased
from app.proof.erasing import erase_from_answers, erase_from_event
from app.proof.heads import write_heads
from app.proof.verification import verify_all, verify_events
from app.store import append_only, session, transaction
from app.store.models import Answers, Case, Event
from tests.materials.test_materials import picture
from tests.support import builders

both_stores = pytest.mark.both_stores


@pytest.fixture
def case(app, clock):
    """A case with two events and answers, among others."""
    builders.publish()
    builders.start_case(clock=clock)
    made = builders.start_case(clock=clock)
    builders.complete(made, "request", "reader_wang", builders.sample("request"), outcome="submit", clock=clock)
    return made


def sql(statement: str, **values) -> None:
    """What somebody with the database in hand does, triggers and all."""
    with transaction():
        append_only.drop(session().connection())
        session().execute(sa.text(statement), values)
    session().expire_all()


def record(case, clock, **counts: int) -> None:
    """The event that says how much was erased, as retention writes it."""
    with transaction():
        lines = [{"table": table, "count": count, "digest": ""} for table, count in counts.items()]
        append_event(session().get(Case, case.id), ERASURE, actor=SYSTEM, at=clock(), state_digest=latest_state_digest(case), details={"erased": lines})


def faults() -> list[tuple[str, int]]:
    session().rollback()
    return [(fault.kind, fault.seq) for fault in verify_events()]


@both_stores
@pytest.mark.tampers
def test_what_was_erased_by_law_leaves_the_chain_whole_and_the_database_lets_only_that_through(case, clock):
    with transaction():
        event = session().query(Event).filter_by(case_id=case.id, seq=2).one()
        answers = session().query(Answers).filter_by(case_id=case.id).first()
        erase_from_event(event, ["/actor_name", "/details/label"])
        erase_from_answers(answers, [f"/{key}" for key in answers.data])
    record(case, clock, event=3, answers=len(answers.data))
    assert faults() == []
    event = session().query(Event).filter_by(case_id=case.id, seq=2).one()
    assert event.salt == "" and is_erased(event.details["label"]) and event.actor_name.startswith('{"$erased"')
    with transaction():
        erase_from_event(event, ["/details/roles"])
    assert faults() == []
    sql("UPDATE event SET actor_name = '别人' WHERE case_id = :case AND seq = 2", case=case.id)
    assert faults() == [("altered", 2)]


@both_stores
@pytest.mark.tampers
def test_marks_of_erasure_that_somebody_put_in_by_hand_are_found(case, clock):
    row = session().query(Answers).filter_by(case_id=case.id).first()
    seq, whole = row.seq, row.data
    with transaction():
        erase_from_answers(row, ["/author"])
    assert faults() == [("answers", seq)]
    record(case, clock, answers=1)
    assert faults() == []
    with transaction():
        erase_from_answers(session().get(Answers, row.id), [f"/{key}" for key in whole])
        erase_from_event(session().query(Event).filter_by(case_id=case.id, seq=2).one(), ["/details/label"])
    assert faults() == [("altered", 2), ("answers", seq)]


@both_stores
def test_the_database_refuses_to_change_or_delete_events(case):
    for statement in ("UPDATE event SET actor_id = 'x'", "UPDATE event SET details = details", "DELETE FROM event", "UPDATE event SET actor_name = 'x', salt = ''"):
        with pytest.raises(sa.exc.DatabaseError, match="never changed"):
            with transaction():
                session().execute(sa.text(statement))
    assert faults() == []


@both_stores
@pytest.mark.tampers
def test_answers_that_were_altered_put_in_or_taken_out_are_found_with_their_event(case):
    row = session().query(Answers).filter_by(case_id=case.id).first()
    seq, whole = row.seq, row.data
    with transaction():
        row.data = whole | {"author": "别人"}
    assert ("answers", seq) in faults()
    with transaction():
        session().get(Answers, row.id).data = whole
    assert faults() == []
    with transaction():
        session().add(Answers(case_id=case.id, form="other", revision=1, seq=1, actor_id="x", at=row.at, data={}, digest=hash_of({})))
    assert faults()[0] == ("answers", 1)
    sql("DELETE FROM answers WHERE case_id = :case", case=case.id)
    assert ("answers", seq) in faults()


@pytest.mark.tampers
def test_rows_of_the_time_before_hashes_verify_go_on_and_can_be_erased_as_a_whole(case, clock):
    key = keys.signing_key("events")[1]
    sql("UPDATE answers SET scheme = '', salt = ''")
    with transaction():
        for answers in session().query(Answers):
            answers.digest = hash_of(answers.data)
        for row in session().query(Case):
            previous = ""
            for event in session().query(Event).filter_by(case_id=row.id).order_by(Event.seq):
                event.scheme = event.salt = event.hash = ""
                given = [[one.form, one.revision, one.digest] for one in session().query(Answers).filter_by(case_id=row.id, seq=event.seq)]
                event.answers_digest = hash_of(given) if given else ""
                event.mac = previous = mac_of(event, row.number, previous, key)
            row.head = previous
    assert faults() == []
    builders.complete(case, "check", "librarian_zhao", {"in_stock": True}, outcome="lend", clock=clock)
    assert faults() == []
    with transaction():
        erase_from_event(session().query(Event).filter_by(case_id=case.id, seq=1).one(), ["/details/label"])
        erase_from_answers(session().query(Answers).filter_by(case_id=case.id).first(), ["/author"])
    assert ("altered", 1) in faults()
    record(case, clock, event=1, answers=1)
    assert faults() == []
    sql("UPDATE event SET outcome = 'other' WHERE case_id = :case AND seq = 1", case=case.id)
    assert faults() == [("altered", 1)]


@both_stores
@pytest.mark.tampers
def test_several_processes_find_what_one_finds(case, clock):
    sql("UPDATE event SET outcome = 'other' WHERE case_id = :case AND seq = 2", case=case.id)
    assert [fault.seq for fault in verify_all(processes=2).faults] == [2]


@pytest.mark.tampers
def test_the_command_ends_with_1_and_names_the_first_bad_event(case, app, clock):
    write_heads(clock)
    run = app.test_cli_runner().invoke
    assert run(args=["verify", "--processes", "1"]).exit_code == 0
    sql("UPDATE event SET outcome = 'other' WHERE case_id = :case AND seq = 2", case=case.id)
    number = case.number
    told = run(args=["verify", "--json", "--processes", "1"])
    first = json.loads(told.output)["faults"][0]
    assert told.exit_code == 1 and (first["case"], first["seq"], first["kind"]) == (number, 2, "altered")
    assert run(args=["rotate-key", "events"]).output == "events 2\n" and "ed25519" in run(args=["public-keys"]).output


def test_a_file_that_is_not_what_its_row_says_is_found_when_asked_for(app, clock):
    digest = store_upload(picture(), "a.jpg", owner="li", clock=clock).sha256
    assert verify_all(files=True).faults == []
    path = next(path for path in Path(app.config["VAR"]).rglob(f"*{digest[-20:]}*") if path.is_file())
    path.chmod(0o644)
    path.write_bytes(b"other")
    assert [fault.kind for fault in verify_all(files=True).faults] == ["file"] and verify_events() == []
