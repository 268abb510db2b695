"""Random batches against a plain model: everybody ends where the model says, nobody is in two, nobody is lost."""
from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.batches import BatchMember, Deed, change_members, put_members, revisions_of
from app.store import session, transaction
from app.store.models import Case
from tests.support import builders

PEOPLE, BATCHES = 6, 3
RUNNING = ("in", "held")
MOVES = {"held": (("in",), "held"), "released": (("held",), "in"), "out": (RUNNING, "out"), "done": (("in",), "done")}
members = st.lists(st.integers(0, PEOPLE - 1), min_size=1, max_size=PEOPLE, unique=True)
deeds = st.lists(st.tuples(
    st.sampled_from(["put", "put", "held", "released", "out", "done", "end"]), st.integers(0, BATCHES - 1),
    st.one_of(members, members, st.none()), st.booleans()), max_size=14)


class Model:
    """Where everybody is: batch -> person -> state. Batches that ended keep nobody from travelling again."""

    def __init__(self):
        self.places = {batch: {} for batch in range(BATCHES)}
        self.ended = set()

    def put(self, batch, people):
        put = [one for one in people if not self._travels_elsewhere(batch, one)]
        for one in put:
            self._leave_ended(one)
            if self.places[batch].get(one) not in RUNNING:
                self.places[batch][one] = "in"
        return put

    def move(self, kind, batch, people):
        before, after = MOVES[kind]
        moved = [one for one, state in self.places[batch].items() if state in before and (people is None or one in people)]
        self.places[batch].update(dict.fromkeys(moved, after))
        return sorted(moved)

    def _travels_elsewhere(self, batch, one):
        return any(place.get(one) in RUNNING for other, place in self.places.items() if other != batch and other not in self.ended)

    def _leave_ended(self, one):
        for batch in self.ended:
            if self.places[batch].get(one) in RUNNING:
                self.places[batch][one] = "out"


class Service:
    """The same deeds done by the real verbs, each perhaps asked for twice, as a worker does that was killed in between."""

    def __init__(self, clock):
        self.clock, self.calls = clock, 0
        self.people = [builders.start_case(clock=clock) for _ in range(PEOPLE)]
        self.batches = [builders.start_case(clock=clock) for _ in range(BATCHES)]
        self.number = {case.number: place for place, case in enumerate(self.people)}

    def do(self, kind, batch, people, twice):
        self.calls += 1
        deed = Deed(call=f"{self.batches[batch].id}.{self.calls}", at=self.clock() + timedelta(seconds=self.calls), reason="试")
        first = self._once(kind, batch, people, deed)
        assert not twice or self._once(kind, batch, people, deed) == first
        return first

    def _once(self, kind, batch, people, deed):
        numbers = None if people is None else [self.people[one].number for one in people]
        if kind == "put":
            return [self.number[each] for each in put_members(self.batches[batch].id, numbers, deed, readers=[])["put"]]
        return sorted(self.number[each] for each in change_members(self.batches[batch].id, numbers, kind, deed))

    def end(self, batch):
        with transaction():
            session().execute(sa.update(Case).where(Case.id == self.batches[batch].id).values(ended_at=self.clock()))

    def places(self):
        rows = session().execute(sa.select(BatchMember.batch_id, BatchMember.case_id, BatchMember.state)
                                 .where(BatchMember.batch_id.in_([batch.id for batch in self.batches]))).all()
        found = {batch: {} for batch in range(BATCHES)}
        batches = {case.id: place for place, case in enumerate(self.batches)}
        people = {case.id: place for place, case in enumerate(self.people)}
        for batch, case, state in rows:
            found[batches[batch]][people[case]] = state
        return found


@pytest.mark.both_stores
@pytest.mark.tampers  # a batch is ended by hand
@pytest.mark.timeout(240)
def test_whatever_happens_to_batches_everybody_is_where_the_model_says(app, clock):
    builders.publish(clock=clock)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(deeds)
    def walked(story):
        service, model = Service(clock), Model()
        for kind, batch, people, twice in story:
            if kind == "end":
                service.end(batch)
                model.ended.add(batch)
            elif kind == "put":
                assert service.do(kind, batch, people or [0], twice) == model.put(batch, people or [0])
            else:
                assert service.do(kind, batch, people, twice) == model.move(kind, batch, people)
            assert service.places() == model.places
            _ensure_nobody_travels_twice(service)
        _ensure_revisions_have_no_gap(service)

    walked()


def _ensure_nobody_travels_twice(service):
    travelling = Counter(one for place in service.places().values() for one, state in place.items() if state in RUNNING)
    assert max(travelling.values(), default=1) == 1


def _ensure_revisions_have_no_gap(service):
    for batch in service.batches:
        assert [revision.number for revision in revisions_of(batch.id)] == list(range(1, len(revisions_of(batch.id)) + 1))


def test_a_request_heard_again_after_later_ones_changes_nothing(app, clock):
    builders.publish(clock=clock)
    service = Service(clock)
    batch, one = service.batches[0].id, service.people[0].number
    put = Deed(call="put", at=clock(), reason="试")
    put_members(batch, [one], put, readers=[])
    assert change_members(batch, [one], "out", Deed(call="out", at=clock(), reason="试")) == [one]
    assert put_members(batch, [one], put, readers=[])["put"] == [one]
    assert service.places()[0] == {0: "out"}
