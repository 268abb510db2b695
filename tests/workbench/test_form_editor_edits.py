"""Clicks in the form editor change the lines they are about and no other, whatever the file looks like."""
import copy
import difflib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.definitions import Bundle, check, load_form, read_folder
from app.definitions.plain_yaml import plain_values
from app.errors import EditRefused
from app.workbench.renaming import renamed
from app.workbench.field_uses import uses_by_field
from app.workbench.forms.edits import Edit, applied, edited, read_edit, value_at

ROOT = Path(__file__).resolve().parents[2]
FORMS = sorted((ROOT / "forms" / "title-review").glob("*.yml")) + sorted((ROOT / "tests/data/lending-library/forms/lending-library").glob("*.yml"))
SMALL = [path for path in FORMS if path.stat().st_size < 6000]
TEXT = """# 表单说明
title: 请假单
sections:
  # 第一部分
  - key: who
    title: 谁   # 行尾的说明
    hint: |
      第一行
      第二行
    fields:
      - {key: name, type: text, label: '姓名', required: true}
      # 关于天数
      - key: days
        type: number
        label: "天数"
        max: 30

  - key: why
    title: 为什么
    fields:
    - {key: reason, type: long_text, label: 原因, valid_when: [{rule: 'answers.reason != ""', message: '请写原因，如：病假'}]}
"""


def _changed(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in lines if line.startswith("- ")], [line[2:] for line in lines if line.startswith("+ ")]


def _one(text: str, op: str, path: list, value=None, to=()) -> str:
    return edited(text, [Edit(op, tuple(path), value, tuple(to))])


@pytest.mark.parametrize(("edit", "gone", "new"), [
    (("set", ["title"], "休假单"), ["title: 请假单"], ["title: 休假单"]),
    (("set", ["sections", 0, "title"], "申请人"), ["    title: 谁   # 行尾的说明"], ["    title: 申请人   # 行尾的说明"]),
    (("set", ["sections", 0, "fields", 1, "label"], "几天"), ['        label: "天数"'], ['        label: "几天"']),
    (("set", ["sections", 0, "fields", 1, "unit"], "天"), [], ["        unit: 天"]),
    (("set", ["sections", 0, "fields", 1, "required_when"], "answers.name == null"), [], ["        required_when: answers.name == null"]),
    (("remove", ["sections", 0, "fields", 1, "max"]), ["        max: 30"], []),
    (("remove", ["sections", 0, "hint"]), ["    hint: |", "      第一行", "      第二行"], []),
    (("set", ["sections", 0, "hint"], "一行\n两行\n三行\n"), ["      第一行", "      第二行"], ["      一行", "      两行", "      三行"]),
    (("add", ["sections", 1, "fields", 1], {"key": "from", "type": "date"}), [], ["    - {key: from, type: date}"]),
    (("set", ["sections", 1, "hint"], "如：病假"), [], ["    hint: 如：病假"]),
    (("set", ["sections", 1, "hint"], "no"), [], ["    hint: 'no'"]),
    (("set", ["sections", 1, "hint"], "第一: 第二 #3"), [], ["    hint: '第一: 第二 #3'"]),
])
def test_one_click_changes_one_place(edit, gone, new):
    assert _changed(TEXT, _one(TEXT, *edit)) == (gone, new)


def test_a_field_is_moved_with_the_comment_above_it():
    after = _one(TEXT, "move", ["sections", 0, "fields", 1], to=["sections", 0, "fields", 0])
    assert "    fields:\n      # 关于天数\n      - key: days\n" in after
    assert after.count("# 关于天数") == 1 and sorted(after.splitlines()) == sorted(TEXT.splitlines())


def test_a_field_is_moved_into_another_section_as_it_was_written():
    after = _one(TEXT, "move", ["sections", 0, "fields", 1], to=["sections", 1, "fields", 0])
    assert '    # 关于天数\n    - key: days\n      type: number\n      label: "天数"\n      max: 30\n    - {key: reason' in after
    assert [field["key"] for field in plain_values(after, "")["sections"][1]["fields"]] == ["days", "reason"]


def test_the_last_field_of_a_section_leaves_an_empty_list_that_takes_the_next_one():
    emptied = _one(TEXT, "remove", ["sections", 1, "fields", 0])
    assert "    fields: []" in emptied
    filled = _one(emptied, "add", ["sections", 1, "fields", 0], {"key": "again", "type": "text", "label": "再来"})
    assert plain_values(filled, "")["sections"][1]["fields"] == [{"key": "again", "type": "text", "label": "再来"}]


def test_a_section_is_added_with_the_blank_line_its_neighbours_have():
    after = _one(TEXT, "add", ["sections", 2], {"key": "more", "title": "其他", "fields": []})
    assert after.startswith(TEXT) and after[len(TEXT):] == "\n  - key: more\n    title: 其他\n    fields: []\n"


def test_files_written_on_windows_keep_their_line_ends():
    after = _one(TEXT.replace("\n", "\r\n"), "set", ["sections", 0, "fields", 1, "unit"], "天")
    assert after.replace("\r\n", "") .count("\n") == 0 and "\r\n        unit: 天\r\n" in after


@pytest.mark.parametrize("given_edit", [
    {}, {"op": "drop", "path": []}, {"op": "set", "path": "title"}, {"op": "set", "path": [True]}, {"op": "move", "path": [1], "to": [None]}, 7,
])
def test_what_is_no_edit_is_refused(given_edit):
    with pytest.raises(EditRefused):
        read_edit(given_edit)


@pytest.mark.parametrize("path", [["sections", 9, "title"], ["sections", "x"], ["nothing", "there"], ["sections", 0, "fields", 7]])
def test_a_place_that_is_gone_is_refused_and_nothing_else_happens(path):
    with pytest.raises(EditRefused):
        _one(TEXT, "remove", path)


# -- any sequence of clicks on any form of the project

WORDS = st.sampled_from(["", "是", "no", "yes", "123", "2026-03-02", "a: b", "x # y", "'引号'", '"双引号"', "行一\n行二\n", "  空格", "{花}", "[方]", "𠮷䶮·", "- 短横",
                         "answers.a == \"b\" && !(row.c in [1, 2])", "true", "~", "结尾空格 ", "tab\there", "&anchor", "*alias", "!tag", "%", "@", "`", "?", "1e3", "0x1f"]) \
    | st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x85\u2028\u2029\ufeff"), max_size=12)
VALUES = WORDS | st.integers(-5, 10**6) | st.booleans()


def _places(value, path=()):
    yield path
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _places(inner, (*path, step))


@st.composite
def _edit(draw, values):
    places = list(_places(values))
    lists = [path for path in places if isinstance(value_at(values, path), list)]
    mappings = [path for path in places if isinstance(value_at(values, path), dict)]
    op = draw(st.sampled_from(["set", "set", "add", "move", "move", "remove"]))
    if op == "set":
        key = draw(st.sampled_from(["label", "hint", "required_when", "width", "unit", "title"]))
        return Edit("set", (*draw(st.sampled_from(mappings)), key), draw(VALUES))
    if op == "remove":
        return Edit("remove", draw(st.sampled_from([path for path in places if path])))
    target = draw(st.sampled_from(lists))
    place = draw(st.integers(0, len(value_at(values, target))))
    if op == "add":
        return Edit("add", (*target, place), draw(st.sampled_from([{"key": "neu", "type": "text", "label": "新字段"}, {"value": "a", "label": "甲"}])))
    source = draw(st.sampled_from([path for path in places if path and isinstance(path[-1], int)]))
    return Edit("move", source, None, (*target, place))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_clicks_on_any_form_do_what_they_say_or_nothing_and_undoing_brings_back_the_bytes(data):
    text = data.draw(st.sampled_from([TEXT, *(path.read_text("utf-8") for path in SMALL)]))
    steps, refused = [text], 0
    for _number in range(4):
        values = plain_values(text, "")
        if not isinstance(values, dict) or not any(isinstance(value_at(values, p[:-1]), list) for p in _places(values) if p):
            break
        edit = data.draw(_edit(values))
        try:
            wanted = applied(copy.deepcopy(values), edit)
            newer = edited(text, [edit])
        except EditRefused:
            refused += 1
            continue
        assert plain_values(newer, "") == wanted
        _ensure_other_lines_stand(text, newer, values, edit)
        text = newer
        steps.append(text)
    for before, after in zip(steps, steps[1:]):
        assert _undone(after, before) == before


def _ensure_other_lines_stand(before: str, after: str, values, edit: Edit):
    """A set or remove of one word touches its own lines; a move loses no line but the ones it carries."""
    old = value_at(values, edit.path) if edit.op in ("remove", "set") and _there(values, edit.path) else ""
    gone, _new = _changed_by_block(before, after)
    most = str(old).count("\n") + 2 if not isinstance(old, (dict, list)) else 10**6
    if edit.op == "set":
        assert len(gone) <= most, gone
    if edit.op == "add":
        assert len(gone) <= 1, gone
    comments = [line.strip() for line in before.splitlines() if line.strip().startswith("#")]
    if edit.op in ("set", "add") and not isinstance(old, (dict, list)):
        assert all(line in after for line in comments)


def _there(values, path) -> bool:
    try:
        value_at(values, path)
    except (LookupError, TypeError):
        return False
    return True


def _changed_by_block(before: str, after: str):
    """What is left of both once the same beginning and the same end are set aside."""
    old, new = before.split("\n"), after.split("\n")
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return old, new


def _undone(after: str, before: str) -> str:
    """As the editor undoes: only what differs is put back."""
    start = next((n for n, (a, b) in enumerate(zip(after, before)) if a != b), min(len(after), len(before)))
    end = 0
    while end < min(len(after), len(before)) - start and after[-1 - end] == before[-1 - end]:
        end += 1
    return after[:start] + before[start:len(before) - end] + after[len(after) - end:]


def test_every_field_of_the_projects_forms_can_be_changed_moved_and_removed_by_clicking():
    """The way round by text is for files written strangely, not for ours."""
    tried = refused = 0
    for path in SMALL:
        text = path.read_text("utf-8")
        values = plain_values(text, "")
        for number, section in enumerate(values.get("sections") or []):
            for place, field in enumerate(section["fields"]):
                for edit in (Edit("set", ("sections", number, "fields", place, "label"), "新的标签：甲"), Edit("set", ("sections", number, "fields", place, "shown_when"), 'answers.x == "1"'),
                             Edit("remove", ("sections", number, "fields", place)), Edit("move", ("sections", number, "fields", place), None, ("sections", number, "fields", 0))):
                    tried += 1
                    try:
                        edited(text, [edit])
                    except EditRefused:
                        refused += 1
    assert tried > 400 and refused == 0


def test_a_form_edited_by_clicks_still_loads():
    text = edited(TEXT, [Edit("add", ("sections", 0, "fields", 2), {"key": "half", "type": "yes_no", "label": "半天"}),
                         Edit("set", ("sections", 0, "fields", 2, "hint"), "上午或下午"), Edit("move", ("sections", 1), None, ("sections", 0))])
    form = load_form(text, "forms/sample/leave.yml")
    assert [section.key for section in form.sections] == ["why", "who"]
    assert form.field("half").hint == "上午或下午"


@pytest.mark.parametrize("field", ["birth_date", "work_history.content", "committee_office"])
def test_a_field_of_the_real_procedure_is_renamed_in_diagrams_forms_registers_reports_and_samples(app, field):
    files = {path: content for path, content in read_folder(ROOT).files.items() if path.split("/")[1] == "title-review"}
    with app.test_request_context():
        newer, left = renamed(files, "title-review", "declaration", field, "another_name")
    after = Bundle({**files, **newer})
    assert left == () and len(newer) > 1
    assert [finding for finding in check(after) if finding.severity == "error"] == []
    with app.test_request_context():
        assert not uses_by_field(after.procedure("title-review"), "declaration").get(field)
