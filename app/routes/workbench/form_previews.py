"""The preview of a form: the real form in a frame of the editor. What is typed goes from page to page and is kept nowhere."""
from __future__ import annotations

import json
from dataclasses import dataclass

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from app import rendering
from app.errors import NotFound, PingshenError
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.errors import message_of
from app.routes.pages.forms import language
from app.routes.security import POLICY
from app.routes.workbench.forms import blueprint
from app.routes.workbench.frame import READERS
from app.workbench import proposals
from app.workbench.forms.preview import Previews, roles_of

# Shown in a frame of our own pages, and in nobody else's.
FRAMED = {"Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'"), "X-Frame-Options": "SAMEORIGIN"}
ROW_KEPT, ROW_LEFT = "preview-row-save", "preview-row-cancel"


@dataclass(frozen=True)
class PreviewUrls:
    """Addresses inside the preview: it asks itself anew, and leads nowhere else."""

    proposal_id: int
    key: str

    def refresh(self, section: str) -> str:
        return url_for("workbench_forms.preview_section", proposal_id=self.proposal_id, key=self.key, section=section, **_asked())

    def refresh_row(self, field: str) -> str:
        return url_for("workbench_forms.preview_row", proposal_id=self.proposal_id, key=self.key, table=field, **_asked())

    def material(self, id: str) -> str:
        return "#"

    def blank(self, field: str) -> str:
        return "#"

    sample = blank

    def files(self, field: str, verb: str) -> str:
        return ""

    def upload(self, name: str) -> str:
        return ""

    def row(self, table: str, number: int) -> str:
        return ""

    def sheet(self, field_key: str, verb: str) -> str:
        return ""

    def phrases(self, field: str) -> tuple:
        return ()


class _Page:
    """One request of the preview: what it shows, what was typed, what was pressed."""

    def __init__(self, proposal_id: int, key: str):
        self.proposal = proposals.proposal_of(proposal_id)
        self.previews = Previews(self.proposal, key, current_actor(), clock())
        self.shown = self.previews.show(request.args.get("fill", ""), request.args.get("role", ""))
        self.form, self.urls = self.shown.form, PreviewUrls(proposal_id, key)
        self.answers = self._begun() if request.method == "GET" else self._typed()
        self.errors: dict = {}
        self.note = ""
        self.row: tuple | None = None  # (table, number, answers of the row) that is open

    def _begun(self) -> dict:
        if request.args.get("fill"):
            return self.shown.answers
        return rendering.defaults(self.form, self.shown.context, self.shown.choices)

    def _typed(self) -> dict:
        answers = _json(request.form.get("carried"))
        for section in self.form.sections:
            if request.form.get(f"there.{section.key}"):
                answers |= rendering.parse_section(self.form, section, request.form)
        generated = rendering.apply_generated(self.form, answers, _json(request.form.get("carried")), self.shown.context, self.shown.choices, rendering.last_generated(request.form))
        return generated.answers

    def press(self) -> None:
        """Does what the pressed button says, as far as a preview can."""
        told = request.form.get("do", "")
        command, table = rendering.read_command(request.form), self.table(request.form.get("row_table", ""))
        if told == ROW_KEPT and table is not None:
            self._keep_row(table)
        elif told == "preview-check":
            self.answers, self.errors = {**self.answers}, rendering.validate(self.form, self.answers, self.shown.context, self.shown.choices)[1]
            self.note = "" if self.errors else _("检查通过：按所填内容可以提交。")
        elif command and command.verb in ("row-delete", "row-up", "row-down"):
            self.answers = rendering.with_rows_changed(self.answers, command)
        elif command and command.verb in ("row-add", "row-edit") and self.table(command.field):
            self._open_row(self.table(command.field), command.index)
        elif command and command.verb == "file-remove":
            self.answers = rendering.without_file(self.answers, command)
        elif command and command.verb in ("look-up", "upload"):
            self.note = _("预览不查询外部系统，也不上传文件。")

    def table(self, key: str):
        """The field of this key that has rows; None when there is none."""
        field = self.form.field(key)
        return field if field is not None and field.type == "table" else None

    def _open_row(self, table, number: int) -> None:
        rows = self.answers.get(table.key)
        rows = rows if isinstance(rows, list) else []
        row = rows[number] if 0 <= number < len(rows) and isinstance(rows[number], dict) else rendering.row_defaults(self.form, table, self.answers, self.shown.context, self.shown.choices)
        self.row = (table, number, row)

    def _keep_row(self, table) -> None:
        number = request.form.get("row_number", -1, type=int)
        row = rendering.parse_row(table, request.form)
        clean, errors = rendering.validate_row(self.form, table, row, self.answers, self.shown.context, self.shown.choices)
        if errors:
            self.row, self.errors = (table, number, row), errors
        else:
            self.answers = rendering.with_row(self.answers, table.key, number, clean)

    def section(self, key: str):
        """The HTML of one section, as htmx asks for it."""
        found = next((one for one in self.form.sections if one.key == key), self.form.sections[0])
        return rendering.render_section(self.form, found, self.answers, {}, self.shown.context, self.urls, self.shown.choices, language=language())

    def values(self) -> dict:
        """What the template draws."""
        read_only = self.shown.covered or request.args.get("view") == "read"
        return {"form": self.form, "note": self.note, "read_only": read_only, "covered": self.shown.covered,
                "carried": json.dumps(self.answers, ensure_ascii=False, default=str), **(self._read() if read_only else self._row() if self.row else self._sections())}

    def _read(self) -> dict:
        roles = roles_of(proposals.bundle_of(self.proposal), self.proposal.procedure)
        role = roles.get(request.args.get("role", ""))
        mask = self.shown.covered or bool(role and role.masked)
        return {"body": rendering.render_readonly(self.form, self.answers, self.shown.context, self.shown.choices, mask=mask, urls=None, language=language()), "mask": mask}

    def _row(self) -> dict:
        table, number, row = self.row
        body = rendering.render_row(self.form, table, row, self.errors, self.answers, self.shown.context, self.urls, self.shown.choices, language=language())
        return {"row": {"table": table, "number": number, "body": body}}

    def _sections(self) -> dict:
        drawn = rendering.render_sections(self.form, self.answers, self.errors, self.shown.context, self.urls, self.shown.choices, language=language(), summary=True)
        return {"sections": drawn}


def _asked() -> dict[str, str]:
    """What the preview shows, as its address says; nothing else that an address may carry goes on from here."""
    return {name: request.args[name] for name in ("fill", "role", "view") if name in request.args}


def _json(text: str | None) -> dict:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _framed(body: str) -> Response:
    response = make_response(body)
    response.headers.update(FRAMED)
    return response


@blueprint.route("/<key>/preview", methods=["GET", "POST"])
@access(*READERS)
def preview_form(proposal_id: int, key: str):
    """The form in its frame; what was typed comes back with it."""
    try:
        page = _Page(proposal_id, key)
        page.press()
        return _framed(render_template("workbench/form_preview.html", **page.values()))
    except NotFound:
        return _framed(render_template("workbench/form_preview.html", fault=_("没有这个样例或事项，或者这个事项没有填过这张表单。"), form=None, there=False))
    except PingshenError as error:
        return _framed(render_template("workbench/form_preview.html", fault=message_of(error), form=None, there=True))


@blueprint.post("/<key>/preview/section/<section>")
@access(*READERS)
def preview_section(proposal_id: int, key: str, section: str):
    """One section anew, because a field changed that it depends on."""
    return _Page(proposal_id, key).section(section)


@blueprint.post("/<key>/preview/row/<table>")
@access(*READERS)
def preview_row(proposal_id: int, key: str, table: str):
    """The open row anew."""
    page = _Page(proposal_id, key)
    field = page.table(table)
    if field is None:
        raise NotFound()
    row = rendering.parse_row(field, request.form)
    return rendering.render_row(page.form, field, row, {}, page.answers, page.shown.context, page.urls, page.shown.choices, language=language())
