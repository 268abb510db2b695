"""Event logs to take away: XES and OCEL keep to their standards, tell what happened, and name nobody unless asked to."""
import json
import sqlite3
from contextlib import closing
from datetime import timedelta

import jsonschema
import pytest
from lxml import etree

from app.audit.packs import Naming, Scope, write_log
from app.audit.packs.scope import count_of, ids_of_numbers
from app.errors import NotFound
from app.operations.tasks import mark_opened, take_task
from tests.support.builders import DATA, actor, clock_of, complete, open_task, publish, sample, start_case

STANDARDS = DATA / "standards"
XES = "{http://www.xes-standard.org/}"
INCLUDED = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.xes-standard.org/" elementFormDefault="qualified">
<xs:include schemaLocation="{path}"/></xs:schema>"""


@pytest.fixture
def cases(app):
    """Three cases: one only begun, one asked, one lent after its librarian took and opened the task."""
    publish()
    clock = clock_of(app)
    made = [start_case(clock=clock) for _ in range(3)]
    for case in made[1:]:
        complete(case, "request", "reader_wang", sample("request"), clock=later(clock, 1.25))
    task, librarian = open_task(made[2], "check"), actor("librarian_zhao")
    take_task(task.id, actor=librarian, clock=later(clock, 3600))
    mark_opened(task.id, actor=librarian, clock=later(clock, 60))
    complete(made[2], "check", librarian, {"in_stock": True}, "lend", clock=later(clock, 600))
    return made


def later(clock, seconds):
    clock.move_to(clock() + timedelta(seconds=seconds))
    return clock


def log(tmp_path, form, scope=Scope(), names=False):
    target = tmp_path / f"log.{form}"
    count = write_log(form, target, scope, Naming(names))
    return target, count


def xes(tmp_path, **options):
    target, count = log(tmp_path, "xes", **options)
    return etree.parse(target).getroot(), count


def values(element):
    return {child.get("key"): child.get("value") for child in element if child.get("key")}


def test_the_xes_log_validates_against_the_schema_of_the_standard(cases, tmp_path):
    root, count = xes(tmp_path)
    schema = etree.XMLSchema(etree.fromstring(INCLUDED.format(path=(STANDARDS / "xes-ieee-1849-2016.xsd").as_uri())))
    schema.assertValid(root)
    assert root.get("xes.version") == "1849.2016" and count == len(list(root.iter(f"{XES}event"))) == sum(case.events for case in cases)


def test_a_trace_tells_steps_people_posts_and_the_life_of_a_task(cases, tmp_path):
    root, _count = xes(tmp_path, scope=Scope((cases[2].id,)), names=True)
    trace = root.find(f"{XES}trace")
    assert values(trace)["concept:name"] == cases[2].number and values(trace)["starter"] == "reader_wang"
    events = [values(event) for event in trace.iter(f"{XES}event")]
    life = [(event["concept:name"], event["lifecycle:transition"]) for event in events if event.get("element") == "check"]
    assert [transition for _name, transition in life] == ["assign", "start", "complete"] and len({name for name, _transition in life}) == 1
    last = next(event for event in events if event.get("element") == "check" and event["lifecycle:transition"] == "complete")
    assert (last["org:resource"], last["org:role"], last["org:group"], last["outcome"]) == ("librarian_zhao", "馆员", "city_library", "lend")
    assert len({event["concept:instance"] for event in events if event.get("element") == "check"}) == 1
    assert next(event for event in events if event.get("element") == "request")["time:timestamp"] == "2026-03-02T09:00:02.500+08:00"
    assert last["release"] == cases[2].release and last["actor_name"] == "赵静"


def test_nobody_is_named_unless_asked_and_pseudonyms_hold_within_one_file_alone(cases, tmp_path):
    texts = []
    for form in ("xes", "ocel"):
        target, _count = log(tmp_path, form)
        texts.append(target.read_text("utf-8"))
        assert not [word for word in ("reader_wang", "王小满", "librarian_zhao", "赵静") if word in texts[-1]]
    first, second = xes(tmp_path)[0], xes(tmp_path)[0]
    people = [{event["org:resource"] for event in map(values, root.iter(f"{XES}event"))} - {"system"} for root in (first, second)]
    assert all(len(names) == 2 for names in people) and not people[0] & people[1]


def test_the_ocel_log_validates_and_every_relation_leads_to_an_object(cases, tmp_path):
    target, count = log(tmp_path, "ocel")
    told = json.loads(target.read_bytes())
    jsonschema.validate(told, json.loads((STANDARDS / "ocel20-schema-json.json").read_bytes()), format_checker=jsonschema.FormatChecker())
    assert count == len(told["events"]) == sum(case.events for case in cases)
    objects = {thing["id"] for thing in told["objects"]}
    assert len(objects) == len(told["objects"])
    related = {relation["objectId"] for one in (*told["events"], *told["objects"]) for relation in one["relationships"]}
    assert related <= objects
    assert {event["type"] for event in told["events"]} == {one["name"] for one in told["eventTypes"]}
    typed = {one["name"]: {attribute["name"]: attribute["type"] for attribute in one["attributes"]} for one in told["objectTypes"]}
    assert all(attribute["name"] in typed[thing["type"]] for thing in told["objects"] for attribute in thing["attributes"])
    assert typed["case"]["ended_at"] == "time" and {thing["type"] for thing in told["objects"]} == {"case", "person", "organisation"}


def test_the_relational_form_holds_the_same_as_the_json(cases, tmp_path):
    told = json.loads(log(tmp_path, "ocel")[0].read_bytes())
    target, count = log(tmp_path, "ocel-sqlite")
    with closing(sqlite3.connect(target)) as base:
        count_of_table = {name: base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("event", "object", "event_object", "event_map_type")}
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        steps = dict(base.execute("SELECT ocel_type, ocel_type_map FROM event_map_type"))
        rows = sum(base.execute(f"SELECT count(*) FROM event_{short}").fetchone()[0] for short in steps.values())
    assert count_of_table["event"] == rows == count == len(told["events"])
    assert count_of_table["object"] == len(told["objects"]) and count_of_table["event_map_type"] == len(told["eventTypes"])
    assert count_of_table["event_object"] == len({(event["id"], one["objectId"], one["qualifier"]) for event in told["events"] for one in event["relationships"]})


def test_a_log_can_be_of_a_procedure_of_a_time_and_of_named_cases(cases, app):
    start = cases[0].started_at
    assert count_of(Scope()) == count_of(Scope(procedure="lending-library")) == 3
    assert count_of(Scope(procedure="another")) == count_of(Scope(since=start + timedelta(days=1))) == count_of(Scope(until=start)) == 0
    assert count_of(Scope((cases[1].id, cases[1].id, 999))) == 1
    assert ids_of_numbers([cases[2].number]) == (cases[2].id,)
    with pytest.raises(NotFound):
        ids_of_numbers([cases[2].number, "nobody"])


def test_words_that_no_xml_can_hold_do_not_stop_the_log(app, tmp_path):
    from app.audit.packs.xes import _escaped

    read = etree.fromstring(f'<a b="{_escaped(chr(0) + "<&" + chr(34) + chr(10) + chr(0xFFFE) + chr(0x2B7F7))}"/>')
    assert read.get("b") == "\ufffd<&\"\n\ufffd\U0002b7f7"


def test_the_command_writes_without_names_by_default(cases, app, tmp_path):
    done = app.test_cli_runner().invoke(args=["export", "xes", "--out", str(tmp_path / "log.xes")])
    assert done.exit_code == 0 and f"{sum(case.events for case in cases)} 个事件" in done.output
    assert "reader_wang" not in (tmp_path / "log.xes").read_text("utf-8")
    done = app.test_cli_runner().invoke(args=["export", "ocel", cases[0].number, "--names", "--out", str(tmp_path / "log.json")])
    assert done.exit_code == 0 and "reader_wang" in (tmp_path / "log.json").read_text("utf-8")
