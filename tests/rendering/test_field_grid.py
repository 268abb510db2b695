"""A table whose rows the diagram gives (`rows_from`): typed in place, its fixed cells as they are given, whatever is sent."""
import pytest
from werkzeug.datastructures import MultiDict

from app.definitions import load_form
from app.definitions.errors import DefinitionError
from app.rendering import parse_section, render_section, validate
from tests.rendering.builders import CHOICES, CONTEXT, URLS, field_of, form_of

COLUMNS = [{"key": "case", "type": "text", "label": "流水号", "readonly": True}, {"key": "name", "type": "text", "label": "姓名", "readonly": True},
           {"key": "yes", "type": "number", "label": "同意", "required": True, "min": 0}]
FIELD = field_of("table", columns=COLUMNS, rows_from="vars.rows", row_valid_when=[{"rule": "row.yes <= 3", "message": "多于到会人数"}])
WORLD = CONTEXT | {"vars": {"rows": [{"case": "001", "name": "甲", "secret": 1}, {"case": "002", "name": "乙"}]}}


def _stored(rows):
    return validate(form_of(FIELD), {"it": rows}, WORLD)


def test_the_rows_are_there_before_anything_is_typed():
    form = form_of(FIELD)
    html = str(render_section(form, form.sections[0], {}, {}, WORLD, URLS, CHOICES))
    assert "甲" in html and "乙" in html and 'name="it.1.yes"' in html and 'value="row-add:it"' not in html


def test_what_is_typed_joins_its_row_and_fixed_cells_stay():
    clean, errors = _stored([{"case": "002", "name": "改了", "yes": 1}, {"case": "001", "yes": 3}])
    assert errors == {} and clean["it"] == [{"case": "001", "name": "甲", "yes": 3}, {"case": "002", "name": "乙", "yes": 1}]


def test_rows_cannot_be_added_or_taken_away():
    clean, errors = _stored([{"case": "009", "yes": 1}, {"case": "001", "yes": 1}, {"case": "001", "yes": 2}])
    assert [row["case"] for row in clean["it"]] == ["001", "002"]
    assert errors["it.1.yes"] == "请填写同意"


def test_a_row_that_breaks_its_rule_is_named():
    assert _stored([{"case": "001", "yes": 4}, {"case": "002", "yes": 0}])[1] == {"it.0": "多于到会人数"}


def test_the_page_sends_every_cell_of_every_row():
    data = MultiDict({"it.0.case": "001", "it.0.yes": "2", "it.1.yes": "x", "it.far.yes": "1", "it.99999.yes": "1"})
    form = form_of(FIELD)
    assert parse_section(form, form.sections[0], data)["it"] == [{"case": "001", "yes": "2"}, {"yes": "x"}]


def test_columns_that_need_a_page_of_their_own_are_refused_when_the_form_is_read():
    with pytest.raises(DefinitionError):
        load_form("""title: 例
sections:
  - key: s
    title: 例
    fields:
      - key: it
        type: table
        rows_from: vars.rows
        columns: [{key: paper, type: file}]
""", "f.yml")
