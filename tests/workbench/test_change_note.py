"""The change note says in words what differs: steps, buttons, deadlines, conditions, fields, codes, rows, texts, roles."""
from __future__ import annotations

import pytest

from app.definitions import Bundle
from app.workbench.changes import change_note
from tests.support import builders

NAME = "lending-library"
DIAGRAM = f"processes/{NAME}/lending.bpmn"
TABLE = f"processes/{NAME}/fine.dmn"
ROLES = f"processes/{NAME}/roles.yml"
FORM = f"forms/{NAME}/request.yml"
CODES = f"forms/{NAME}/codes/reader-kinds.yml"
SLIP = f"reports/{NAME}/lending_slip.html"


@pytest.fixture(scope="module")
def library():
    return builders.bundle_of().procedure(NAME)


@pytest.fixture
def note_of(library):
    """`note_of((path, old, new), …)`: the note about the library with these texts replaced."""

    def made(*edits, files=None):
        content = dict(library.content) | dict(files or {})
        for path, old, new in edits:
            assert old in content[path].decode(), old
            content[path] = content[path].decode().replace(old, new, 1).encode()
        return change_note(library, Bundle({path: text for path, text in content.items() if text is not None}).procedure(NAME))

    return made


def texts(note) -> str:
    return "\n".join(change.text for change in note.changes())


def detail(note, label: str):
    return next(each for change in note.changes() for each in change.details if each.label == label)


def test_equal_contents_have_nothing_to_tell(library):
    note = change_note(library, library)
    assert note.identical and note.same_meaning and not note.blocks


def test_a_deadline_is_told_in_words_with_both_values(note_of):
    note = note_of((DIAGRAM, "workdays_following(today, 3)", "workdays_following(today, 5)"))
    assert texts(note) == "环节「审核借书单」：办理期限由“当天之后第 3 个工作日”改为“当天之后第 5 个工作日”"
    assert detail(note, "办理期限").new == "workdays_following(today, 5)"
    assert [(one.name, one.changed) for one in note.affected] == [("馆员", ("审核借书单",))]


def test_a_step_that_somebody_else_does_is_told_with_both_roles(note_of):
    note = note_of((DIAGRAM, "<bpmn:flowNodeRef>hand_out</bpmn:flowNodeRef>", ""),
                   (DIAGRAM, "<bpmn:flowNodeRef>set_price</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>set_price</bpmn:flowNodeRef><bpmn:flowNodeRef>hand_out</bpmn:flowNodeRef>"))
    assert texts(note) == "环节「交书给读者」：改由“馆长”办理（原由“馆员”办理）"
    assert {one.role for one in note.affected} == {"librarian", "head_librarian"}


def test_a_new_step_says_who_does_it_with_which_form_between_what(note_of):
    step = ('<bpmn:userTask id="second_look" name="复核" camunda:formKey="check"><bpmn:extensionElements><camunda:properties>'
            '<camunda:property name="due" value="P2D" /></camunda:properties></bpmn:extensionElements></bpmn:userTask>'
            '<bpmn:sequenceFlow id="second_look_on" sourceRef="second_look" targetRef="decided" />')
    note = note_of((DIAGRAM, '<bpmn:exclusiveGateway id="decided"', step + '<bpmn:exclusiveGateway id="decided"'),
                   (DIAGRAM, 'sourceRef="check" targetRef="decided"', 'sourceRef="check" targetRef="second_look"'),
                   (DIAGRAM, "<bpmn:flowNodeRef>set_price</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>set_price</bpmn:flowNodeRef><bpmn:flowNodeRef>second_look</bpmn:flowNodeRef>"))
    assert "增加环节「复核」" in texts(note) and "改为走向「复核」" in texts(note)
    facts = {each.label: each.new_words or each.new for change in note.changes() if "增加环节" in change.text for each in change.details}
    assert facts["由谁办理"] == "馆长" and facts["表单"] == "审核借书单" and facts["办理期限"] == "2 天" and facts["从哪里来"] == "审核借书单"
    assert next(one for one in note.affected if one.name == "馆长").added == ("复核",)
    assert note.blocks[0].marks[1]["second_look_on"] == "added"


def test_a_button_is_called_by_its_step_and_its_words(note_of, library):
    note = note_of((DIAGRAM, 'name="退回修改"', 'name="退回补正"'))
    assert texts(note) == "环节「审核借书单」的按钮「退回补正」：名称由“退回修改”改为“退回补正”"


def test_a_condition_is_told_with_the_labels_of_fields_and_options(note_of):
    note = note_of((FORM, 'shown_when: answers.reader_kind == "child"', '''shown_when: 'answers.reader_kind in ["child", "student"]' '''))
    assert detail(note, "显示条件").old_words == "〔读者类别〕为“少儿读者”"
    assert detail(note, "显示条件").new_words == "〔读者类别〕是其中之一：“少儿读者”、“学生读者”"


def test_fields_that_come_go_and_change_are_told_by_their_labels(note_of):
    note = note_of((FORM, "      - {key: author, type: text, label: 作者, label_en: Author, max_length: 50, width: half}\n",
                    "      - {key: edition, type: number, label: 版次, min: 1}\n"),
                   (FORM, "label: 书名, label_en: Title, required: true, max_length: 100", "label: 书名, label_en: Title, max_length: 200"))
    said = texts(note)
    assert "增加字段「版次」（数，在“要借的书”）" in said and "取消字段「作者」（原在“要借的书”）" in said
    assert "字段「书名」：取消必填（原为“是”）；最多字数由“100”改为“200”" in said
    assert note.of("forms")[0].title == "借书单" and next(one for one in note.affected).name == "读者"


def test_a_field_that_only_changed_its_key_is_no_new_field(note_of):
    assert "字段「作者」改了标识：由 author 改为 writer" in texts(note_of((FORM, "key: author", "key: writer")))


def test_options_and_codes_are_told_one_by_one(note_of):
    note = note_of((FORM, "label: 爱护图书，按时归还，丢失照价赔偿", "label: 爱护图书"), (CODES, "name: 少儿读者", "name: 少年儿童读者"))
    assert "代码「少年儿童读者」（child）：名称由“少儿读者”改为“少年儿童读者”" in texts(note) and "选项" in texts(note)


def test_rows_of_a_table_are_told_cell_by_cell(note_of):
    note = note_of((TABLE, "<text>&lt;= 3</text>", "<text>&lt;= 5</text>"))
    assert texts(note) == "第 1 行：逾期天数由“<= 3”改为“<= 5”"
    assert "不大于5" in detail(note, "逾期天数").new_words


def test_rows_that_come_and_go_are_told_as_rules(note_of, library):
    rule = library.content[TABLE].decode().split('<rule id="rule_young">')[1].split("</rule>")[0]
    note = note_of((TABLE, f'<rule id="rule_young">{rule}</rule>', ""))
    assert "取消第 2 行" in texts(note)
    assert "〔借书单·读者类别〕是其中之一：“少儿读者”、“学生读者”，则金额（分） = 200" in note.blocks[0].changes[0].details[0].old


def test_the_order_of_rows_counts_where_the_first_one_wins(note_of, library):
    text = library.content[TABLE].decode()
    rules = [f'<rule id="{part}' for part in text.split('<rule id="')[1:]]
    swapped = text.replace(rules[0], "@@", 1).replace(rules[1], rules[0], 1).replace("@@", rules[1], 1)
    assert "各行调整了先后" in texts(note_of(files={TABLE: swapped.encode()}))
    unique = [content.replace('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"').encode() for content in (text, swapped)]
    old, new = (Bundle(dict(library.content) | {TABLE: content}).procedure(NAME) for content in unique)
    assert change_note(old, new).same_meaning


def test_the_words_of_a_report_are_compared_sentence_by_sentence(note_of):
    note = note_of((SLIP, "</h1>", "</h1><p>请爱护图书。遗失须照价赔偿。</p>"))
    pieces = detail(note, "印出的文字").pieces
    assert [piece.text for piece in pieces if piece.sign == "+"] == ["请爱护图书。", "遗失须照价赔偿。"]


def test_roles_scenarios_and_samples_are_told_too(note_of):
    note = note_of((ROLES, "馆长", "图书馆长"), (f"processes/{NAME}/scenarios/refused.yml", "title: ", "title: 又"),
                   (f"processes/{NAME}/scenarios/samples/request.yml", "book: ", "book: 新"))
    assert "角色「图书馆长」：名称由“馆长”改为“图书馆长”" in texts(note)
    assert [block.group for block in note.blocks] == ["roles", "others", "others"]
    assert any(each.label == "书名" for change in note.changes() for each in change.details)


def test_moving_shapes_is_no_change_of_the_work(note_of):
    note = note_of((DIAGRAM, '<dc:Bounds x="', '<dc:Bounds x="1'))
    assert note.same_meaning and texts(note) == "只调整了图形位置，办理上没有变化"


def test_an_id_that_changed_alone_is_told_as_that(note_of, library):
    text = library.content[DIAGRAM].decode().replace('"cancel_to_cancelled"', '"cancel_ends"').replace(">cancel_to_cancelled<", ">cancel_ends<")
    assert texts(note_of(files={DIAGRAM: text.encode()})).endswith("改了标识：由 cancel_to_cancelled 改为 cancel_ends（内容不变）")


def test_a_file_that_cannot_be_read_is_shown_line_by_line(note_of):
    note = note_of((FORM, "type: text, label: 书名", "type: tekst, label: 书名"))
    assert "不能读成文字说明" in texts(note)
    assert [piece.sign for change in note.changes() for piece in change.lines if "tekst" in piece.text] == ["+"]


def test_a_renamed_file_of_the_same_content_is_told_as_renamed(note_of, library):
    note = note_of(files={FORM: None, f"forms/{NAME}/wish.yml": library.content[FORM]})
    assert "改了标识：由 request.yml 改为 wish.yml（内容不变）" in texts(note)


def test_a_new_procedure_is_told_whole(library):
    note = change_note(None, library)
    assert note.count("removed") == note.count("changed") == 0
    assert {"增加环节「审核借书单」", "增加表单「借书单」", "增加角色「馆员」"} <= {change.text for change in note.changes()}
    assert "填写借书单" in next(one for one in note.affected if one.name == "读者").added


def test_the_note_of_the_real_procedure_is_quick_and_complete(library):
    old = builders.bundle_of(builders.ROOT).procedure("title-review")
    content = {path: text for path, text in old.content.items() if not path.endswith(".dmn")}
    content[next(path for path in content if path.endswith("title-review.bpmn"))] = b"<broken"
    note = change_note(old, Bundle(content).procedure("title-review"))
    touched = {path for path, text in old.content.items() if content.get(path) != text}
    assert {block.path for block in note.blocks} == touched


def test_a_script_is_told_variable_by_variable(note_of):
    note = note_of((DIAGRAM, "due = add_days(today, 30)", "due = add_days(today, 14)"))
    assert "变量 due由“当天之后 30 天”改为“当天之后 14 天”" in texts(note)
