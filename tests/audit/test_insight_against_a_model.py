"""Every figure of insight equals what a plain count over the events gives: random histories, random questions, both databases."""
from __future__ import annotations

import random
import statistics
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from app.audit.insight import asking
from app.audit.insight.comparing import BY, lines_by
from app.audit.insight.course import course_of
from app.audit.insight.facts import CANCELLED, LEFT, OPEN, second
from app.audit.insight.gathering import gather_insight
from app.audit.insight.rework import repeats, returns_by_step, rework_of
from app.audit.insight.shortest import Shortest
from app.audit.insight.steps import flow_figures, step_figures
from app.audit.insight.ways import ways_of
from app.audit.insight.worktime import WorkTime
from app.expressions.calendar import is_workday
from app.operations import releases
from app.operations.contexts import SHANGHAI
from app.store import session
from app.store.models import Case, CaseParty, Event, Process, Task
from tests.audit.insight_histories import WAITS, fill
from tests.support import builders

NOW = builders.MONDAY
GROUPS = [("g1", "第一评审委员会", "2026"), ("g2", "第二评审委员会", "2026"), ("g3", "第三评审委员会", "2025")]
PARTIES = [("employer", "org:acme"), ("employer", "org:bay"), ("adviser", "org:bay")]


def worked(start: int, end: int) -> int:
    """Seconds on working days, day by day."""
    found, here = 0, start
    while here < end:
        day = datetime.fromtimestamp(here, SHANGHAI)
        midnight = int((day.replace(hour=0, minute=0, second=0) + timedelta(days=1)).timestamp())
        found += (min(end, midnight) - here) if is_workday(day.date()) else 0
        here = midnight
    return found


def calendar(start: int, end: int) -> int:
    return end - start


class Model:
    """The same figures, counted the slow and plain way from the events of the cases that a question means."""

    def __init__(self, process_id: str, asked: asking.Asked):
        self.asked, self.span = asked, worked if asked.worked else calendar
        self.process = releases.parsed(session().get(Process, process_id))
        self.shortest = Shortest(self.process)
        self.tasks = defaultdict(list)
        for task in session().scalars(sa.select(Task).where(Task.due != "")):
            self.tasks[task.case_id].append(task)
        self.events = defaultdict(list)
        for event in session().scalars(sa.select(Event).order_by(Event.case_id, Event.seq)):
            self.events[event.case_id].append(event)
        parties = defaultdict(set)
        for row in session().scalars(sa.select(CaseParty)):
            parties[row.case_id].add(row.ref)
        self.cases = [case for case in session().scalars(sa.select(Case).where(Case.process_id == process_id)) if (not asked.group or case.grouping == asked.group)
                      and (not asked.tone or case.tone == asked.tone) and (not asked.party or asked.party in parties[case.id])]
        self.visits = {case.id: self._visits(case) for case in self.cases}

    def within(self, at: int) -> bool:
        return self.asked.first <= at < self.asked.end

    def _visits(self, case) -> list[dict]:
        found: list[dict] = []
        for event in self.events[case.id]:
            for kind, name in event.details["trail"]:
                element = self.process.elements.get(name)
                if element is None or element.kind not in WAITS:
                    continue
                if kind == "enter":
                    found.append({"element": name, "in": second(event.at), "out": None, "how": OPEN, "by": event})
                else:
                    visit = next(v for v in found if v["element"] == name and v["how"] == OPEN)
                    visit |= {"out": second(event.at), "how": LEFT if kind == "leave" else CANCELLED, "end": event}
        return found

    def back(self, event) -> bool:
        entered = [name for kind, name in event.details["trail"] if kind == "enter" and self.process.elements[name].kind in WAITS]
        return any(self.shortest.led_back(event.element, name) for name in entered)

    def each(self, element: str) -> list[dict]:
        return [visit for visits in self.visits.values() for visit in visits if visit["element"] == element]


def spread_of(values: list[int]) -> tuple:
    """(count, median, nine of ten, total) by the words of the manual."""
    if not values:
        return 0, None, None, 0
    enough = next(value for value in sorted(values) if sum(each <= value for each in values) * 10 >= 9 * len(values))
    return len(values), statistics.median(values), enough, sum(values)


def due_of(model: Model, case_id: int, visit: dict) -> list[int]:
    found = []
    for task in model.tasks[case_id]:
        inside = second(task.created_at) >= visit["in"] and (visit["out"] is None or task.closed_at is not None and second(task.closed_at) <= visit["out"])
        if task.element == visit["element"] and inside:
            whole_day = len(task.due) == 10
            moment = datetime.fromisoformat(task.due)
            found.append(int((moment.replace(tzinfo=SHANGHAI) + timedelta(days=1)).timestamp()) - 1 if whole_day else second(moment))
    return found


def questions(rng: random.Random, count: int):
    """Questions as people could ask them."""
    for _ in range(count):
        since, until = sorted((NOW - timedelta(days=rng.randrange(420))).date() for _ in range(2))
        yield asking.Asked(process="title-review", since=rng.choice(("", since.isoformat())), until=rng.choice(("", "", until.isoformat())),
                           group=rng.choice(("", "", "g1", "g3")), party=rng.choice(("", "", "org:acme")), tone=rng.choice(("", "", "good", "bad")), time=rng.choice(("", "work")))


@pytest.mark.tampers  # rows made by hand
@pytest.mark.both_stores
@pytest.mark.timeout(300)
def test_every_figure_equals_a_plain_count_over_the_events(app, clock):
    builders.publish(builders.ROOT, clock=clock)
    for seed in (1, 2):   # in three goes: the second and third find chunks that are there
        fill("title-review", 40, NOW, seed=seed, groups=GROUPS, parties=PARTIES)
        assert gather_insight(clock) == 40
    assert gather_insight(clock) == 0
    scope = asking.Scope(True, (), False)
    for asked in questions(random.Random(5), 8):
        model = Model("title-review", asked)
        compare_steps(asked, scope, model)
        compare_rework(asked, scope, model)
        compare_ways(asked, scope, model)
        compare_lines(asked, scope, model)
        compare_course(asked, scope, model)


def compare_steps(asked, scope, model: Model) -> None:
    ids, now = asking.chosen_ids(asked, scope), second(NOW)
    found = step_figures(asked, ids, now)
    walked = Counter(name for case in model.cases for event in model.events[case.id] for kind, name in event.details["trail"]
                     if kind == "flow" and model.within(second(event.at)))
    assert flow_figures(asked, ids) == walked
    for element in (e.id for e in model.process.elements.values() if e.kind in WAITS):
        visits = model.each(element)
        left = [v for v in visits if v["how"] == LEFT and model.within(v["out"])]
        waiting = [v for v in visits if v["how"] == OPEN]
        if element not in found:
            assert not left and not waiting and not any(model.within(v["in"]) for v in visits)
            continue
        step = found[element]
        assert step.entered == sum(model.within(v["in"]) for v in visits)
        assert tuple(step.took) == spread_of([model.span(v["in"], v["out"]) for v in left])
        assert step.interrupted == sum(v["how"] == CANCELLED and model.within(v["out"]) for v in visits)
        ages = [model.span(v["in"], max(now, v["in"])) for v in waiting]
        assert tuple(step.waiting) == spread_of(ages) and step.oldest == max(ages, default=0)
        done = [v for v in left if v["end"].kind == "complete" and v["end"].element == element]
        assert step.done == len(done) and step.back == sum(model.back(v["end"]) for v in done)
        assert step.outcomes == Counter(v["end"].outcome for v in done)
        compare_deadlines(step, model, element, now)


def compare_deadlines(step, model: Model, element: str, now: int) -> None:
    people = model.process.elements[element].kind == "userTask"
    kept = late = overdue = 0
    for case_id, visits in model.visits.items():
        for visit in (v for v in visits if people and v["element"] == element):
            dues = due_of(model, case_id, visit)
            overdue += bool(dues) and visit["how"] == OPEN and min(dues) < now
            if dues and visit["how"] == LEFT and model.within(visit["out"]):
                kept, late = kept + (visit["out"] <= min(dues)), late + (visit["out"] > min(dues))
    assert (step.kept, step.late, step.overdue) == (kept, late, overdue)


def ended_in(model: Model) -> list:
    return [case for case in model.cases if case.ended_at and model.within(second(case.ended_at))]


def lost_of(model: Model, case) -> int:
    """Seconds in which a second or later visit lasted, counted instant by instant of a change."""
    seen, again = Counter(), []
    for visit in model.visits[case.id]:
        if model.process.elements[visit["element"]].kind == "userTask":
            seen[visit["element"]] += 1
            if seen[visit["element"]] > 1 and visit["out"]:
                again.append((visit["in"], visit["out"]))
    turns = sorted({at for span in again for at in span})
    return sum(model.span(start, end) for start, end in zip(turns, turns[1:]) if any(a <= start and end <= b for a, b in again))


def compare_rework(asked, scope, model: Model) -> None:
    found, ended = rework_of(asked, scope), ended_in(model)
    back = {case.id: sum(model.back(event) for event in model.events[case.id]) for case in model.cases}
    returned = [case for case in ended if back[case.id]]
    assert (found.ended, found.returned, found.returns) == (len(ended), len(returned), sum(back[case.id] for case in ended))
    assert tuple(found.lost) == spread_of([lost_of(model, case) for case in returned])
    events = [event for case in model.cases for event in model.events[case.id] if model.back(event) and model.within(second(event.at))]
    assert sum(way.returns for way in returns_by_step(asked, scope)) == len(events)
    by_step = Counter()
    for way in returns_by_step(asked, scope):
        by_step[way.by] += way.returns
    assert by_step == Counter(event.element for event in events)
    people = [e.id for e in model.process.elements.values() if e.kind == "userTask"]
    for each in repeats(asked, scope, people):
        times = Counter(case for case, visits in model.visits.items() for v in visits if v["element"] == each.element and model.within(v["in"]))
        assert (each.visits, each.cases, each.most, each.more_than_once) == (sum(times.values()), len(times), max(times.values()), sum(n > 1 for n in times.values()))


def compare_ways(asked, scope, model: Model) -> None:
    ways = defaultdict(list)
    for case in ended_in(model):
        steps = tuple(name for event in model.events[case.id] for name in sorted(
            name for kind, name in event.details["trail"] if kind == "enter" and model.process.elements[name].kind == "userTask"))
        ways[steps, case.ended_element].append(model.span(second(case.started_at), second(case.ended_at)))
    found = ways_of(asked, scope, most=1000)
    assert {(way.steps, way.end): (way.cases, tuple(way.took)) for way in found.taken} == {way: (len(lasted), spread_of(lasted)) for way, lasted in ways.items()}
    assert found.cases == sum(map(len, ways.values())) and [way.cases for way in found.taken] == sorted((way.cases for way in found.taken), reverse=True)


def compare_lines(asked, scope, model: Model) -> None:
    named = Counter(row.name for row in session().scalars(sa.select(CaseParty)) if row.case_id in model.visits)
    party = min(named, key=lambda name: (-named[name], name), default="")
    first = {row.case_id: row.ref if row.name == party else "" for row in session().scalars(sa.select(CaseParty))}
    keys = {"group": lambda c: c.grouping, "party": lambda c: first[c.id], "year": lambda c: str(c.started_at.astimezone(SHANGHAI).year), "release": lambda c: c.release,
            "result": lambda c: c.result}
    for by in BY:
        wanted = defaultdict(lambda: [0, 0, 0, 0, []])
        for case in model.cases:
            line = wanted[keys[by](case)]
            line[0] += model.within(second(case.started_at))
            line[1] += case.ended_at is None
            if case.ended_at and model.within(second(case.ended_at)):
                line[2], line[3] = line[2] + (case.tone == "good"), line[3] + (case.tone == "bad")
                line[4].append(model.span(second(case.started_at), second(case.ended_at)))
        found = {line.key: [line.started, line.running, line.good, line.bad, tuple(line.took)] for line in lines_by(asked, scope, by)}
        assert found == {key: [*line[:4], spread_of(line[4])] for key, line in wanted.items() if line[0] or line[1] or line[4]}


def compare_course(asked, scope, model: Model) -> None:
    found = course_of(asked, scope, NOW)
    for week in found.weeks:
        start = datetime(week.monday.year, week.monday.month, week.monday.day, tzinfo=SHANGHAI)
        end = start + timedelta(days=7)
        assert week.started == sum(start <= case.started_at < end for case in model.cases)
        assert week.ended == sum(case.ended_at is not None and start <= case.ended_at < end for case in model.cases)
        assert week.over == (end <= NOW)
        assert week.open == sum(case.started_at < end and (case.ended_at is None or case.ended_at >= end) for case in model.cases)
    open_cases = [model.span(second(case.started_at), second(NOW)) for case in model.cases if not case.ended_at]
    assert tuple(found.open) == spread_of(open_cases) and sum(age.cases for age in found.ages) == len(open_cases)
    for age in found.ages[:-1]:
        assert age.cases == sum(age.over * 86_400 < seconds <= age.upto * 86_400 or seconds == age.over for seconds in open_cases)


def test_working_time_counts_working_days_whole_and_others_not_at_all(app):
    friday, monday = (datetime.fromisoformat(f"2026-03-{day}T{hour}:00:00+08:00") for day, hour in (("06", "17"), ("09", "09")))
    assert worked(second(friday), second(monday)) == 16 * 3600
    time, rng = WorkTime(), random.Random(9)
    for _ in range(300):
        start = second(NOW) - rng.randrange(86_400 * 500)
        end = start + rng.randrange(86_400 * 60)
        assert time.between(start, end) == worked(start, end)
