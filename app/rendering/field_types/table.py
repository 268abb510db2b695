"""Rows of fields: a list of maps. Which columns a row has depends on its kind; each row is edited on a page of its own."""
from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from markupsafe import Markup
from marshmallow import ValidationError

from app.rendering.field_types.base import FieldType, field_type, nothing

MOST_ROWS = 500


class Table(FieldType):
    """`columns`, `kinds`, `min_rows`, `max_rows`, `list_columns` (what the list shows), `row_valid_when`, `rows_from`."""

    name = "table"
    template = "table"
    grouped = True
    typed = False
    judged_when_empty = True

    def empty(self, field):
        return []

    def columns(self, field, row: Mapping | None) -> tuple:
        """The columns of a row of its kind; of a new row those that all kinds have."""
        if not field.kinds:
            return field.columns
        return (*field.columns, *field.kinds.columns.get((row or {}).get(field.kinds.field), ()))

    def visible(self, field, row: Mapping, scene) -> tuple:
        """The columns of a row that its conditions show."""
        within = scene.in_row(row)
        return tuple(column for column in self.columns(field, row) if within.shows(column))

    def listed(self, field) -> tuple:
        """The columns of the list, in its order."""
        known = {column.key: column for column in field.all_columns()}
        keys = field.list_columns or tuple(known)[:6]
        return tuple(known[key] for key in keys if key in known)

    def clean(self, field, raw, scene):
        if raw is None or raw == "":
            return []
        if not isinstance(raw, list) or any(not isinstance(row, Mapping) for row in raw):
            raise ValueError(_("此处应为表格的各行"))
        if len(raw) > MOST_ROWS:
            raise ValueError(_("行数过多（最多 %(most)d 行）", most=MOST_ROWS))
        rows, faults = [], {}
        for index, row in enumerate(raw):
            clean, wrong = self.clean_row(field, row, scene)
            rows.append(clean)
            if wrong:
                faults[index] = wrong
        if faults:
            raise ValidationError(faults, valid_data=rows)
        return rows

    def clean_row(self, field, raw: Mapping, scene) -> tuple[dict, dict]:
        """What can be read of a row, and {column: messages} of what cannot; unknown columns are refused."""
        known = {column.key: column for column in field.all_columns() if field_type(column).has_value}
        row, faults = {}, {str(key): [_("表格没有这一列")] for key in raw if key not in known}
        within = scene.in_row(raw)
        for key in (key for key in known if key in raw):
            kind = field_type(known[key])
            try:
                value = kind.clean(known[key], raw[key], within)
                row[key] = kind.empty(known[key]) if kind.is_empty(value) else value
            except ValueError as error:
                faults[key] = [str(error)]
        return row, faults

    def check(self, field, value, scene):
        count, found = len(value), []
        if value and field.min_rows and count < field.min_rows:
            found.append(_("至少填 %(least)d 行，还差 %(left)d 行", least=field.min_rows, left=field.min_rows - count))
        if field.max_rows and count > field.max_rows:
            found.append(_("最多填 %(most)d 行，请删除 %(over)d 行", most=field.max_rows, over=count - field.max_rows))
        return found

    def json_schema(self, field, scene):
        columns = [column for column in field.all_columns() if field_type(column).has_value]
        properties = {column.key: field_type(column).json_schema(column, scene) for column in columns}
        found = {"type": "array", "maxItems": field.max_rows or MOST_ROWS,
                 "items": {"type": "object", "properties": properties, "additionalProperties": False}}
        return {**found, "minItems": field.min_rows} if field.min_rows and field.required else found

    def settled(self, field, value, scene, final):
        """With `rows_from` its rows, whatever was sent, each with what was typed in it."""
        if not field.rows_from:
            return value
        given = [row for row in scene.evaluate(field.rows_from) or [] if isinstance(row, Mapping)]
        sent = [row for row in value or [] if isinstance(row, Mapping)]
        return [self._joined(field, fixed, sent, place) for place, fixed in enumerate(given)]

    def _joined(self, field, fixed: Mapping, sent: list, place: int) -> dict:
        keys = [column.key for column in field.all_columns()]
        cells = {key: fixed[key] for key in keys if key in fixed}
        name = next(iter(cells), "")
        typed = next((row for row in sent if name and row.get(name) == cells[name]), None)
        if typed is None and place < len(sent) and name not in sent[place]:  # rows sent without their fixed cells: by their place
            typed = sent[place]
        return {key: value for key, value in {**(typed or {}), **cells}.items() if key in keys}

    def parse(self, field, data, name):
        """Cells `name.<row>.<column>` of a table filled in place; other rows are edited one by one and not in the form."""
        if not field.rows_from:
            return None
        rows = {int(place) for place in (key.split(".")[1] for key in data if key.startswith(f"{name}.")) if place.isascii() and place.isdigit() and len(place) < 4}
        columns = [column for column in field.all_columns() if field_type(column).has_value]
        return [{c.key: field_type(c).parse(c, data, f"{name}.{place}.{c.key}") for c in columns if f"{name}.{place}.{c.key}" in data}
                for place in sorted(rows)]

    def shown(self, field, value, scene):
        rows = [row for row in value or [] if isinstance(row, Mapping)]
        listed = self.listed(field)
        cells = [[self._cell(column, row, scene) for column in listed] for row in rows]
        others = {column.key for column in listed}
        if field.rows_from:
            return {"columns": listed, "rows": rows, "scenes": [scene.in_row(row) for row in rows]}
        rest = [[(scene.text(column), words) for column, words in self.described(field, row, scene, but=others)] for row in rows]
        return {"columns": listed, "rows": cells, "rest": rest, "full": bool(field.max_rows and len(rows) >= field.max_rows)}

    def _cell(self, column, row, scene) -> str:
        return field_type(column).masked(column, row.get(column.key), scene.in_row(row)) if row.get(column.key) is not None else ""

    def described(self, field, row: Mapping, scene, but: frozenset | set = frozenset()) -> list[tuple]:
        """Each visible column of a row with its value in words, without the columns of these keys."""
        within = scene.in_row(row)
        return [(column, field_type(column).masked(column, row.get(column.key), within))
                for column in self.visible(field, row, scene) if column.key not in but and field_type(column).has_value]

    def print(self, field, value, scene):
        lines = ["，".join(f"{scene.text(c)}：{words}" for c, words in self.described(field, row, scene)) for row in value or []]
        return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1)) or nothing()

    def display(self, field, value, scene, urls=None) -> Markup:
        from app.rendering.pages import fragment

        return fragment("readonly_table", field=field, kind=self, rows=value or [], scene=scene, urls=urls)
