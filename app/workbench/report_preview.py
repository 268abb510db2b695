"""A report as it will look while its template is being written: pages as pictures, and what is wrong at which line.

The pages say that they are worth nothing; nothing is recorded as printed. The template runs where printed ones do:
sandboxed, in a process of its own, with limits of time and memory.
"""
from __future__ import annotations

import base64
import io
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import jinja2
import pypdfium2
from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont

from app import rendering
from app.definitions import DefinitionError, Procedure
from app.definitions.linter.codes import Findings
from app.definitions.linter.knowledge import gather
from app.definitions.linter.templates import check_paths
from app.rendering import ReportFailed, ReportTooLarge
from app.workbench.report_words import in_chinese

MOST_PAGES = 12
WIDTH = 900         # pixels of a page
MARK = "预览 不具效力"
_drawing = threading.Lock()  # PDFium is not made for several threads


@dataclass(frozen=True)
class LineProblem:
    """Something at a line of the template; `severity` is error, warning or info."""

    line: int
    message: str
    severity: str


@dataclass
class Preview:
    """`pages` are PNG pictures of the first pages, `total` how many there are."""

    pages: list[bytes] = field(default_factory=list)
    total: int = 0
    problems: list[LineProblem] = field(default_factory=list)

    def as_dict(self) -> dict:
        """For the page in the browser."""
        return {
            "pages": ["data:image/png;base64," + base64.b64encode(page).decode() for page in self.pages], "total": self.total,
            "problems": [{"line": one.line, "column": 1, "message": one.message, "severity": one.severity} for one in self.problems]}


def preview_of(text: str, content: Mapping, procedure: Procedure, key: str) -> Preview:
    """The template filled with a sample. Faults of the template are problems of the preview, not errors. Raises ReportBusy."""
    preview = Preview(problems=problems_in(text, procedure, key))
    foot = {"number": "", "version": 0, "code": MARK, "name": ""}
    day = content.get("today") or "2026-03-02"
    try:
        report = rendering.preview_report(text, dict(content) | {"today": day, "now": f"{day}T09:00:00+08:00", "paper": foot})
    except ReportFailed as error:
        _add(preview, LineProblem(max(error.line, 1), in_chinese(error.kind, error.why), "error"))
        return preview
    except ReportTooLarge:
        _add(preview, LineProblem(1, _("内容过大或耗时过长，已中止：请检查模板中的循环和重复"), "error"))
        return preview
    preview.pages, preview.total = pictures_of(report.pdf)
    for line, name in report.blank:
        _add(preview, LineProblem(max(line, 1), _("“%(name)s”在这份样例中没有值，打印为空白；可以写成 … | blank，没有时印“无”", name=name), "info"))
    if report.missing:
        _add(preview, LineProblem(1, _("有字体画不出的字，印作编码：%(chars)s", chars="、".join(report.missing[:10])), "warning"))
    return preview


def _add(preview: Preview, problem: LineProblem) -> None:
    """One problem a line is enough where the graver one is told already."""
    if not any(one.line == problem.line and one.severity != "info" for one in preview.problems):
        preview.problems.append(problem)


def problems_in(text: str, procedure: Procedure, key: str) -> list[LineProblem]:
    """What can be told without filling the template: its syntax, and names of forms, fields and variables that are not there."""
    try:
        jinja2.Environment().parse(text)
    except jinja2.TemplateSyntaxError as error:
        return [LineProblem(error.lineno or 1, in_chinese("TemplateSyntaxError", error.message or ""), "error")]
    findings, known = Findings(), gather(procedure, Findings(), None)
    known.findings = findings
    check_paths(known, "", text, known.forms.get(asked_by(procedure, key)))
    return [LineProblem(_line(one.element), one.message.partition("：")[2] or one.message, "warning") for one in findings]


def asked_by(procedure: Procedure, key: str) -> str:
    """The form that a report asks first; "" also where the list of reports cannot be read."""
    try:
        report = procedure.reports.get(key)
    except DefinitionError:
        return ""
    return report.ask if report else ""


def _line(element: str) -> int:
    found = re.search(r"\d+", element)
    return int(found[0]) if found else 1


def pictures_of(pdf: bytes) -> tuple[list[bytes], int]:
    """The first pages with the words across them, and how many pages there are."""
    with _drawing:
        document = pypdfium2.PdfDocument(pdf)
        try:
            total = len(document)
            pages = [document[number].render(scale=WIDTH / max(document[number].get_width(), 1)).to_pil() for number in range(min(total, MOST_PAGES))]
        finally:
            document.close()
    return [_marked(page) for page in pages], total


def _marked(page: Image.Image) -> bytes:
    """The page with the words across it, and so many colours as print needs."""
    page = page.convert("RGB")
    layer = Image.new("L", page.size, 0)
    writing, font = ImageDraw.Draw(layer), ImageFont.truetype(str(rendering.find_fonts().regular), page.width // 12)
    wide = writing.textlength(MARK, font=font)
    for place in range(-1, 3):
        writing.text(((page.width - wide) / 2, page.height * (place + 0.5) / 2), MARK, font=font, fill=46)
    page.paste((150, 30, 30), mask=layer.rotate(28, center=(page.width / 2, page.height / 2)))
    out = io.BytesIO()
    page.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=False)
    return out.getvalue()
