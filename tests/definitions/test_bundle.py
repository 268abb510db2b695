"""Bundles, procedures, forms and scenarios as they are read."""
import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

import app.definitions
from app.definitions import (
    Bundle, DefinitionError, load_code_table, load_form, load_scenario, parse_duration, read_scenario,
)
from app.definitions.form_language import TYPES, json_schema
from app.definitions.scenario import DEFAULT_CLOCK
from tests.definitions.sample import FORM, SCENARIO, bundle

SCHEMA = Path(app.definitions.__file__).parent / "form-language.schema.json"


def test_a_digest_depends_on_every_path_and_content_and_on_nothing_else():
    one = Bundle({"forms/a/x.yml": b"1", "forms/a/y.yml": b"2"})
    assert one.digest == Bundle({"forms/a/y.yml": b"2", "forms/a/x.yml": b"1"}).digest
    assert one.digest != Bundle({"forms/a/x.yml": b"2", "forms/a/y.yml": b"1"}).digest
    assert one.digest != Bundle({"forms/a/x.yml": b"1"}).digest
    assert one.digest == one.procedure("a").digest and len(one.digest) == 64


def test_a_procedure_tells_its_parts():
    procedure = bundle().procedure("permit")
    assert set(procedure.processes) == {"permit", "hearing"}
    assert set(procedure.forms) == {"request", "review"} and set(procedure.roles) == {"citizen", "clerk"}
    assert procedure.roles["clerk"].desk and procedure.roles["citizen"].scope == "person"
    assert procedure.reports["slip"].template == "<p>{{ case.number }}</p>"
    assert [code.name for code in procedure.forms["request"].code_tables["kinds"]] == ["大", "小"]
    assert procedure.demo["people"]["li"]["name"] == "李雷"
    assert procedure.decisions["price"].outputs == ("amount",)


def test_an_unknown_procedure_is_an_error_with_a_near_miss():
    with pytest.raises(DefinitionError, match="permit"):
        bundle().procedure("permits")


def test_a_form_is_read_with_its_lines():
    form = bundle().procedure("permit").forms["request"]
    name = form.field("name")
    assert (form.key, form.title, name.label, name.required, name.default, name.line) == (
        "request", "申请", "姓名", True, "actor.name", 7)
    assert form.field("nothing") is None
    table = form.field("rows")
    assert [column.key for column in table.columns] == ["place", "count"] and table.row_valid_when[0].message == "要大于零"


def test_words_and_dates_stay_text():
    form = load_form("title: t\nsections:\n  - {key: a, title: b, fields: [{key: k, type: choice, label: l, options: "
                     "[{value: no, label: 2026-01-02}]}]}", "f.yml")
    [option] = form.field("k").options
    assert (option.value, option.label) == ("no", "2026-01-02")


@pytest.mark.parametrize("old, new, why", [
    ("type: date", "type: dat", "是否想写 date"),
    ("required: true", "require: true", "是否想写 required"),
    ("code_table: kinds", "code_table: kinds\n        options: [{value: a, label: b}]", "二者取一"),
    ("label: 行", "label: 行\n        list_columns: [plase]", "是否想写 place"),
    ("label: 行", "label: 行\n        min_rows: 3\n        max_rows: 2", "大于"),
    ("type: long_text", "type: file, accept: [exe]", "不能上传"),
    ("personal: contact", "personal: contacts", "contact"),
])
def test_a_fault_in_a_form_says_its_line_and_what_was_meant(old, new, why):
    text = bundle((FORM, old, new)).files[FORM]
    with pytest.raises(DefinitionError) as refused:
        load_form(text, FORM)
    assert why in refused.value.message
    assert refused.value.message.startswith(f"{FORM}第") and refused.value.problems[0].line > 1


def test_every_fault_of_a_form_is_told_at_once():
    text = bundle((FORM, "type: date", "type: dat"), (FORM, "required: true", "require: true")).files[FORM]
    with pytest.raises(DefinitionError) as refused:
        load_form(text, FORM)
    assert [problem.line for problem in refused.value.problems] == [7, 15]


def test_a_code_table_has_levels_and_unique_codes():
    [code] = load_code_table("- {code: '1', name: a, children: [{code: '11', name: b, valid_to: '2026-01-01'}]}", "c.yml")
    assert code.children[0].valid_to == "2026-01-01"
    with pytest.raises(DefinitionError, match="重复"):
        load_code_table("- {code: a, name: b}\n- {code: a, name: c}", "c.yml")
    with pytest.raises(DefinitionError, match="引号"):
        load_code_table("- {code: 12, name: b}", "c.yml")


def test_the_schema_file_agrees_with_the_loader():
    """To write it anew: json.dump(json_schema(), …, ensure_ascii=False, indent=1)."""
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("old, new", [
    ("type: date", "type: dat"), ("required: true", "require: true"), ("key: note", "key: __x"), ("title: 基本", "hint: 基本"),
    ("personal: contact", "personal: contacts"), ("required: true", "required: 3"),
])
def test_the_schema_and_the_loader_refuse_the_same(old, new):
    validator = jsonschema.Draft202012Validator(json_schema())
    assert validator.is_valid(yaml.safe_load(bundle().files[FORM]))
    text = bundle((FORM, old, new)).files[FORM]
    assert not validator.is_valid(yaml.safe_load(text))
    with pytest.raises(DefinitionError):
        load_form(text, FORM)


def test_the_schema_knows_every_field_type():
    names = {shape["properties"]["type"]["const"] for shape in json_schema()["$defs"]["field"]["oneOf"]}
    assert names == set(TYPES)


def test_a_scenario_is_read_with_its_samples():
    scenario = bundle().procedure("permit").scenarios[0]
    assert (scenario.process, scenario.title, scenario.clock.isoformat()) == ("permit", "通过", "2026-03-02T09:00:00+08:00")
    assert scenario.people["li"].roles == ("citizen",) and scenario.start.parties == {"office": "li"}
    ask, look, refused, outside, wait, workdays, expect, ended = scenario.steps
    assert ask.answers == {"name": "李雷", "day": "2026-03-02"} and ask.outcome == "submit" and ask.line == 9
    assert (look.answers, look.reason) == ({"opinion": "好"}, "无")
    assert refused.refused and refused.actor == "li"
    assert outside.actor == "" and outside.payload == {"at": 1}
    assert wait.wait.rest == timedelta(days=6) and workdays.wait_workdays == 6
    assert expect.expect.open == ("look",) and expect.expect.tab == "todo" and expect.expect.vars == {"days": 5}
    assert expect.expect.messages == ("cancel",) and expect.expect.ended is None and ended.expect.ended == "granted"


def test_a_scenario_without_a_clock_starts_on_a_fixed_monday():
    text = bundle((SCENARIO, "clock: 2026-03-02T09:00:00+08:00\n", "")).files[SCENARIO]
    assert load_scenario(text, "s.yml").clock == DEFAULT_CLOCK and DEFAULT_CLOCK.weekday() == 0


@pytest.mark.parametrize("old, new, line", [
    ("title: 通过", "titel: 通过", 2), ("role: clerk", "rolle: clerk", 6), ("task: look", "taks: look", 10),
    ("wait: P6D", "wait: 6 days", 13), ("wait: P6D", "wait: -P6D", 13), ("tab: todo", "tap: todo", 15),
    ("wait_workdays: 6", "wait_workdays: six", 14), ("clock: 2026", "clock: monday", 3), ("as: chen, task", "as: chan, task", 10),
    ("{wait: P6D}", "{wait: P6D, task: look}", 13),
])
def test_a_fault_in_a_scenario_is_told_with_its_line(old, new, line):
    text = bundle((SCENARIO, old, new)).files[SCENARIO]
    with pytest.raises(DefinitionError) as refused:
        load_scenario(text, "s.yml")
    assert line in [problem.line for problem in refused.value.problems]


def test_a_scenario_file_on_disk_reads_samples_beside_it(tmp_path):
    made = bundle()
    for path, content in made.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    assert read_scenario(tmp_path / SCENARIO).steps[0].answers["name"] == "李雷"


@pytest.mark.parametrize("text, days", [("P6D", 6), ("P2W", 14), ("PT48H", 2), ("P1DT24H", 2)])
def test_durations(text, days):
    assert parse_duration(text).rest == timedelta(days=days)


@pytest.mark.parametrize("text", ["P", "PT", "-P1D", "P-1D", "6D", "", "R3/P1D", "P1.5D"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        parse_duration(text)


def test_a_month_after_the_31st_is_the_last_of_february():
    start = DEFAULT_CLOCK.replace(month=1, day=31)
    assert parse_duration("P1M").after(start).date().isoformat() == "2026-02-28"
    assert parse_duration("P1Y").after(start.replace(year=2024, month=2, day=29)).date().isoformat() == "2025-02-28"
