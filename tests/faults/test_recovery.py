"""What the service set aside for a person can be set free again, and both are in the history."""
import sqlalchemy as sa

from app.operations.outbox import drain_outbox
from app.operations.recovery import forget_old_keys, try_again, waiting_for_a_person
from app.proof.verification import verify_events
from app.people import SYSTEM
from app.store import session, transaction
from app.store.models import Event, IdempotencyKey, Timer
from tests.support import builders


def _lent(clock):
    builders.publish(clock=clock)
    case = builders.start_case(clock=clock)
    builders.complete(case, "request", "reader_wang", builders.sample("request"), clock=clock)
    builders.complete(case, "check", "librarian_zhao", {"in_stock": True}, outcome="lend", clock=clock)
    drain_outbox(clock, dry=True)
    builders.complete(case, "hand_out", "librarian_zhao", builders.sample("hand_out"), clock=clock)
    drain_outbox(clock, dry=True)
    return case


def test_held_timers_are_listed_and_set_free_as_an_event(app, clock):
    case = _lent(clock)
    with transaction():
        session().execute(sa.update(Timer).values(held="disk full", tries=5))
    assert {line["why"] for line in waiting_for_a_person()} == {"disk full"}
    assert try_again(actor=SYSTEM, clock=clock) == 1 and waiting_for_a_person() == []
    assert session().scalar(sa.select(Event.kind).where(Event.case_id == case.id).order_by(Event.seq.desc()).limit(1)) == "retry"
    assert verify_events() == []


def test_old_idempotency_keys_are_forgotten_and_fresh_ones_kept(app, clock):
    with transaction():
        session().add(IdempotencyKey(person_id="a", key="old", fingerprint="", answer={}, at=clock()))
    clock.move_to(clock().replace(month=clock().month + 2))
    with transaction():
        session().add(IdempotencyKey(person_id="a", key="new", fingerprint="", answer={}, at=clock()))
    assert forget_old_keys(clock) == 1
    assert session().scalars(sa.select(IdempotencyKey.key)).all() == ["new"]
