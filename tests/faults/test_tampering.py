"""G-01 to G-09: whoever can write the database cannot change the event log unnoticed; the first bad event is named."""
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
import zstandard

from app import keys
from app.operations.events import KEY_USE
from app.operations.tasks import give_back_task, take_task
from app.proof.chain import hash_of_event, link_of, mac_of
from app.proof.heads import write_heads
from app.proof.verification import verify_events
from app.store import append_only, session, transaction
from app.store.models import Case, Event
from tests.faults import desks
from tests.support import builders

pytestmark = pytest.mark.tampers
both_stores = pytest.mark.both_stores  # what is left out does not depend on the store
LENGTH = 7  # events of the case that is tampered with


@pytest.fixture
def case(app, clock):
    """A case of seven events among two others, with a head over them all outside the database."""
    desks.publish(clock)
    made = [builders.start_case("desk", "asker", clock=clock) for _ in range(3)][1]
    task, who = builders.open_task(made).id, builders.actor("one")
    for _time in range(3):
        take_task(task, actor=who, clock=clock)
        give_back_task(task, actor=who, clock=clock)
    assert made.events == LENGTH
    clock.move_to(clock() + timedelta(minutes=1))
    write_heads(clock)
    assert verify_events() == []
    with transaction():  # whoever owns the database takes its triggers away first
        append_only.drop(session().connection())
    return made


def _sql(*statements: str, **values) -> None:
    """What somebody with the database in hand does."""
    with transaction():
        for statement in statements:
            session().execute(sa.text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
    session().expire_all()


def _first():
    session().rollback()
    faults = verify_events()
    assert faults, "nobody noticed"
    return faults[0]


def _found(case, kind: str, seq: int) -> None:
    fault = _first()
    assert (fault.case, fault.kind, fault.seq) == (case.number, kind, seq), fault


@both_stores
def test_an_edited_event_is_found_whatever_was_edited(case):
    number, case_id = case.number, case.id
    for change in ("actor_id = 'two'", "actor_name = '别人'", "outcome = 'return'", "kind = 'hand'", "element = 'elsewhere'",
                   "answers_digest = 'x'", "state_digest = 'x'", "on_behalf_of = 'two'", "task_id = 'another'"):
        column = change.partition(" ")[0]
        before = session().scalar(sa.text(f"SELECT {column} FROM event WHERE case_id = {case_id} AND seq = 4"))
        _sql(f"UPDATE event SET {change} WHERE case_id = {case_id} AND seq = 4")
        fault = _first()
        assert (fault.case, fault.kind, fault.seq) == (number, "altered", 4), change
        _sql(f"UPDATE event SET {column} = :before WHERE case_id = {case_id} AND seq = 4", before=before)
    assert verify_events() == []


@both_stores
def test_an_event_with_another_time_is_found(case, clock):
    with transaction():
        session().query(Event).filter_by(case_id=case.id, seq=4).one().at = clock()
    _found(case, "altered", 4)


@both_stores
def test_edited_details_are_found(case):
    forged = zstandard.compress(orjson.dumps({"label": "同意"}))
    _sql("UPDATE event SET details = :details WHERE case_id = :case AND seq = 4", details=forged, case=case.id)
    _found(case, "altered", 4)


@both_stores
def test_a_deleted_event_is_found(case):
    _sql("DELETE FROM event WHERE case_id = :case AND seq = 4", case=case.id)
    _found(case, "missing", 4)


def test_a_deleted_event_whose_place_was_closed_is_found(case):
    _sql("DELETE FROM event WHERE case_id = :case AND seq = 4", case=case.id)
    _close_up(case, 4, -1)
    _found(case, "altered", 4)


def _close_up(case, after: int, by: int) -> None:
    """Moves the later numbers, one by one: (case, seq) is unique at every moment."""
    later = list(range(after + 1, LENGTH + 1))
    for seq in later if by < 0 else reversed(later):
        _sql("UPDATE event SET seq = :to WHERE case_id = :case AND seq = :seq", to=seq + by, case=case.id, seq=seq)


def _copy(case, seq: int, to: int) -> None:
    columns = [column.name for column in Event.__table__.columns if column.name not in ("id", "seq")]
    names = ", ".join(columns)
    _sql(f"INSERT INTO event (id, seq, {names}) SELECT (SELECT max(id) + 1 FROM event), :to, {names} FROM event WHERE case_id = :case AND seq = :seq",
         to=to, case=case.id, seq=seq)


@both_stores
def test_an_event_put_in_between_is_found(case):
    _close_up(case, 3, +1)
    _copy(case, 2, to=4)
    _sql("UPDATE case_ SET events = events + 1 WHERE id = :case", case=case.id)
    _found(case, "altered", 4)


@both_stores
def test_two_events_changed_in_their_order_are_found(case):
    _sql(*(f"UPDATE event SET seq = {to} WHERE case_id = :case AND seq = {seq}" for seq, to in ((3, 99), (5, 3), (99, 5))), case=case.id)
    _found(case, "altered", 3)


def test_a_cut_tail_is_found_by_what_the_case_says(case):
    _sql("DELETE FROM event WHERE case_id = :case AND seq > 5", case=case.id)
    _found(case, "cut", 6)


@both_stores
def test_a_cut_tail_with_the_cases_own_counters_is_found_by_the_head_outside(case):
    _cut_with_counters(case, 5)
    _found(case, "anchor", 6)


def _cut_with_counters(case, last: int) -> None:
    _sql("DELETE FROM event WHERE case_id = :case AND seq > :last",
         "UPDATE case_ SET events = :last, version = :last, head = (SELECT hash FROM event WHERE case_id = :case AND seq = :last) WHERE id = :case",
         case=case.id, last=last)


@pytest.mark.parametrize("delete", [False, True])
def test_a_chain_made_anew_without_the_key_is_found_at_its_first_event(case, delete):
    _rewrite(case, delete, key=b"a key that somebody made up them")
    _found(case, "altered", 4)


def test_a_chain_made_anew_with_a_key_of_ones_own_name_is_found(case):
    _rewrite(case, False, key=b"k" * 32, key_id="99")
    _found(case, "unknown-key", 4)


@both_stores
@pytest.mark.parametrize("delete", [False, True])
def test_a_chain_made_anew_with_the_stolen_key_is_found_by_the_head_outside(case, delete):
    _rewrite(case, delete, key=keys.signing_key(KEY_USE)[1])
    _found(case, "anchor", 4)


def _rewrite(case, delete: bool, key: bytes, key_id: str = "") -> None:
    """Edits or deletes event 4 and makes every MAC behind it, and the head of the case, anew."""
    if delete:
        _sql("DELETE FROM event WHERE case_id = :case AND seq = 4", case=case.id)
        _close_up(case, 4, -1)
    with transaction():
        events = session().query(Event).filter_by(case_id=case.id).order_by(Event.seq).all()
        if not delete:
            events[3].actor_id = "two"
        for previous, event in zip(events[2:], events[3:]):
            event.key_id = key_id or event.key_id
            _sign(event, case, link_of(previous), key)
        row = session().get(Case, case.id)
        row.events, row.head = len(events), events[-1].hash


def _sign(event, case, previous: str, key: bytes) -> None:
    """The hash as anybody can make it, the MAC with the key that one has."""
    event.hash = hash_of_event(event, case.number, previous)
    event.mac = mac_of(event, case.number, previous, key)


def test_events_rewritten_after_the_last_head_are_found(case, clock):
    take_task(builders.open_task(case).id, actor=builders.actor("two"), clock=clock)
    assert verify_events() == []
    with transaction():
        last = session().query(Event).filter_by(case_id=case.id, seq=LENGTH + 1).one()
        last.actor_id, last.actor_name = "one", "甲经办"
        before = session().query(Event).filter_by(case_id=case.id, seq=LENGTH).one()
        _sign(last, case, link_of(before), b"no key")
        session().get(Case, case.id).head = last.hash
    _found(case, "altered", LENGTH + 1)


@both_stores
def test_the_database_refuses_a_second_event_of_one_number(case):
    with pytest.raises(sa.exc.IntegrityError):
        _copy(case, 4, to=4)


@both_stores
def test_a_number_used_twice_is_found_where_the_database_was_made_to_allow_it(case):
    if session().get_bind().dialect.name == "postgresql":
        _sql("ALTER TABLE event DROP CONSTRAINT event_case_id_seq_key")
    else:
        _sql("CREATE TABLE loose AS SELECT * FROM event", "DROP TABLE event", "ALTER TABLE loose RENAME TO event")
    _copy(case, 4, to=4)
    fault = _first()
    assert fault.case == case.number and fault.seq in (4, 5), fault


def test_a_case_taken_out_with_all_its_events_is_found(case):
    case_id = case.id
    _sql(*(f"DELETE FROM {table} WHERE case_id = :case" for table in ("event", "task", "subscription", "timer", "snapshot", "answers", "case_party")),
         "DELETE FROM case_ WHERE id = :case", case=case_id)
    fault = _first()
    assert fault.kind == "anchor" and f"case {case_id}" in fault.message


def test_a_head_outside_that_was_altered_is_found(case, app):
    path = Path(app.config["ANCHORS"]) / "heads.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"count":', b'"count":1'))
    assert _first().kind == "anchor"


def test_events_signed_before_the_key_was_changed_still_verify(case, clock):
    keys.rotate(KEY_USE)
    take_task(builders.open_task(case).id, actor=builders.actor("two"), clock=clock)
    assert {event.key_id for event in session().query(Event).filter_by(case_id=case.id)} == {"1", "2"}
    assert verify_events() == []
