"""The look-out of the worker: changed cases are looked at once, findings come and go, what was set aside stays, patterns over many cases."""
from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.audit import suspicion
from app.audit.suspicion import reading
from app.audit.suspicion.models import FindingLook, KeptFinding
from app.audit.suspicion.patterns import Tally, _stands_out
from app.audit.suspicion.thresholds import set_thresholds
from app.errors import NotAllowed, ReasonNeeded
from app.people import SYSTEM
from app.store import append_only, session, transaction
from app.store.models import Case, Event
from tests.audit.desk_cases import lent
from tests.support import builders
from tests.support.builders import actor, complete, person, publish

pytestmark = pytest.mark.tampers


@pytest.fixture
def library(app, clock):
    publish(clock=clock)
    person("eve", "auditor", clock=clock)
    clock.now = clock() + timedelta(days=5)  # a Saturday
    return app


def kept(**where):
    session().rollback()
    return session().scalars(sa.select(KeptFinding).filter_by(**where).order_by(KeptFinding.id)).all()


@pytest.mark.both_stores
def test_only_cases_that_changed_are_looked_at_and_new_thresholds_look_at_all_again(library, clock):
    first, second = lent(clock, 1), lent(clock, 3)
    assert suspicion.watch(clock) == 2 and suspicion.watch(clock) == 0
    assert {row.code for row in kept(case_id=second.id)} == {"odd-hour"} and kept(case_id=first.id) == []
    complete(first, "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    assert suspicion.watch(clock) == 1 and kept(case_id=first.id)[0].person_id == "librarian_zhao"
    set_thresholds({"free_days": "0"}, actor=SYSTEM, clock=clock)
    assert suspicion.watch(clock) == 2 and kept(code="odd-hour") == []


@pytest.mark.both_stores
def test_what_was_set_aside_stays_with_its_reason_and_counts_no_more(library, clock):
    case = lent(clock, 3)
    suspicion.watch(clock)
    (row,) = kept(case_id=case.id)
    with pytest.raises(ReasonNeeded):
        suspicion.dismiss(row.id, "  ", actor=actor("eve"), clock=clock)
    suspicion.dismiss(row.id, "全馆加班整理", actor=actor("eve"), clock=clock)
    assert session().scalars(suspicion.cases_with("odd-hour")).all() == []
    set_thresholds({"free_days": "0"}, actor=SYSTEM, clock=clock)
    suspicion.watch(clock)
    (row,) = kept(case_id=case.id)
    assert (row.dismissed_by, row.dismissed_why) == ("eve", "全馆加班整理")
    set_thresholds({"free_days": "1"}, actor=SYSTEM, clock=clock)
    assert [one.dismissed for one in suspicion.findings_of(session().get(Case, case.id))] == ["全馆加班整理"]
    suspicion.take_up_again(row.id, actor=actor("eve"), clock=clock)
    assert session().scalars(suspicion.cases_with("odd-hour")).all() == [case.id] and "全馆加班整理" in kept()[0].dismissed_why


def test_nobody_sets_aside_what_is_said_of_themselves_or_of_a_case_they_acted_in(library, clock):
    case = lent(clock, 2)
    suspicion.watch(clock)
    row = kept(case_id=case.id)[0]
    for who in ("reader_wang", "librarian_zhao"):
        with pytest.raises(NotAllowed):
            suspicion.dismiss(row.id, "没有问题", actor=actor(who), clock=clock)
    assert kept(case_id=case.id)[0].dismissed_at is None


def test_a_deadline_that_passes_while_nothing_happens_is_found(library, clock):
    case = lent(clock, 1)
    suspicion.watch(clock)
    assert kept(case_id=case.id) == []
    clock.move_to(clock() + timedelta(days=14))
    suspicion.watch(clock)
    assert [row.code for row in kept(case_id=case.id)] == ["still-open"]
    complete(case, "check", "librarian_zhao", {"in_stock": True}, "lend", clock=clock)
    suspicion.watch(clock)
    assert "done-late" in {row.code for row in kept(case_id=case.id)} and "still-open" not in {row.code for row in kept(case_id=case.id)}


def test_a_case_that_cannot_be_read_holds_up_no_other(library, clock):
    broken, whole = lent(clock, 2), lent(clock, 2)
    with transaction() as store:
        append_only.drop(store.connection())
        store.execute(sa.update(Event).where(Event.case_id == broken.id).values(details={}))
    suspicion.watch(clock)
    assert session().get(FindingLook, whole.id) is not None and kept(case_id=whole.id)


def test_the_list_filters_counts_and_is_written_as_a_workbook(library, clock):
    first, second = lent(clock, 3), lent(clock, 3)
    suspicion.watch(clock)
    asked = reading.asked_of({"person": "librarian_zhao", "code": "odd-hour", "since": "2026-03-07", "until": "2026-03-07"})
    assert [line.case.id for line in reading.lines(asked).rows] == [second.id, first.id] and reading.total(asked) == (2, 2)
    assert reading.by_person(asked)[0][:2] == ("librarian_zhao", "赵静") and reading.by_organisation(asked)[0][0] == "org:city_library"
    assert reading.lines(reading.asked_of({"until": "2026-03-06"})).rows == ()
    assert reading.asked_of({"state": "nonsense", "since": "x", "code": "y"}).as_query == {}
    page = reading.lines(reading.asked_of({}), size=1)
    assert reading.lines(reading.asked_of({}), page.cursor, size=1).rows[0].case.id == first.id
    assert reading.workbook(asked)[:2] == b"PK"


def test_one_person_who_favours_one_organisation_is_told_with_the_figures(library, clock):
    set_thresholds({"favour_cases": "4", "favour_points": "30"}, actor=SYSTEM, clock=clock)
    for place, organisation in enumerate(["harbour_library"] * 8 + ["mountain_library"] * 8):
        case = lent(clock, 1)
        with transaction():
            stored = session().get(Case, case.id)
            stored.parties = stored.parties | {"sender": {"ref": f"org:{organisation}", "name": organisation, "kind": "organisation"}}
            session().merge(sender_of(case.id, f"org:{organisation}"))
        refused = place >= 8 and place != 15
        complete(case, "check", "librarian_zhao", {"in_stock": True}, "refuse" if refused else "lend", "书已停借" if refused else "", clock=clock)
    suspicion.watch_patterns(clock)
    (told,) = kept(code="favours")
    assert (told.person_id, told.organisation) == ("librarian_zhao", "org:harbour_library") and "8 件作肯定决定 100%" in told.words


def sender_of(case_id, ref):
    from app.store.models import CaseParty

    return CaseParty(case_id=case_id, name="sender", ref=ref)


@pytest.mark.parametrize(("here", "others", "told"), [((10, 10), (40, 12), True), ((10, 10), (40, 38), False), ((4, 4), (5, 3), False)],
                         ids=["far above", "everybody passes", "too few to tell from chance"])
def test_a_difference_that_chance_could_make_is_not_told(here, others, told):
    assert _stands_out(Tally(*here), Tally(*others), 30) is told
