"""A whole year at a glance: groups of cases with their numbers, one group stage by stage, and the list behind each number."""
from __future__ import annotations

from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from flask_babel import gettext as _

from app.errors import NotFound
from app.operations.contexts import SHANGHAI, instant
from app.operations.reading import glance, groupstages
from app.routes.access import access
from app.routes.actors import clock, current_actor
from app.routes.pages.forms import language
from app.routes.pages.registers import words_of
from app.sheets import XLSX, Column, write_book

blueprint = Blueprint("overview", __name__, url_prefix="/overview")


@blueprint.get("")
@access("signed-in")
def index():
    """The groups that I look after, those of one heading (a year) at a time."""
    headings, heading, lines = _lines()
    return render_template("overview/index.html", headings=headings, heading=heading, lines=lines,
                           names=glance.process_names({line.group.procedure for line in lines}), words=words_of)


@blueprint.get("/excel")
@access("signed-in")
def export():
    """The same numbers as a workbook."""
    _headings, heading, lines = _lines()
    names = glance.process_names({line.group.procedure for line in lines})
    labels = (_("分组"), _("流程"), _("合计"), _("办理中"), _("已逾期"), _("三日内到期"), _("通过"), _("未通过"), _("其他办结"))
    rows = [[line.group.name, names.get(process, process), s.total, s.running, s.late, s.soon, s.good, s.bad, s.neutral]
            for line in lines for process, s in line.sums.items()]
    return _book(_("年度总览%(heading)s", heading=heading), labels, rows)


@blueprint.get("/<procedure>/<key>")
@access("signed-in")
def show(procedure: str, key: str):
    """One group stage by stage, with its cut-offs."""
    group = _group(procedure, key)
    return render_template(
        "overview/group.html", group=group, stages=groupstages.stages_of(group, clock(), language()), words=words_of,
        cutoffs=glance.cutoffs_of(group, clock()), names=glance.process_names([procedure]))


@blueprint.get("/<procedure>/<key>/excel")
@access("signed-in")
def export_group(procedure: str, key: str):
    """One group stage by stage as a workbook."""
    group, names = _group(procedure, key), glance.process_names([procedure])
    labels = (_("流程"), _("环节或结果"), _("件数"), _("等谁办理"), _("已逾期"), _("三日内到期"))
    rows = [[names.get(line.process, line.process), line.stage, line.cases, "、".join(f"{who} {n}" for who, n in line.waiting_for.items()), line.late, line.soon]
            for lines in groupstages.stages_of(group, clock(), language()).values() for line in lines]
    return _book(group.name, labels, rows)


@blueprint.get("/<procedure>/<key>/cases")
@access("signed-in")
def cases(procedure: str, key: str):
    """The cases behind one number."""
    group, behind = _group(procedure, key), _behind()
    rows, cursor = groupstages.cases_behind(group, behind, clock(), cursor=request.args.get("cursor", ""))
    return render_template(
        "overview/cases.html", group=group, behind=behind, rows=rows, cursor=cursor, open_to_me=groupstages.readable(rows, current_actor()),
        own=glance.owns(current_actor(), group), names=glance.process_names([procedure]))


@blueprint.get("/<procedure>/<key>/cases/excel")
@access("signed-in")
def export_cases(procedure: str, key: str):
    """The cases behind one number as a workbook; names in full for the desk whose group it is."""
    group = _group(procedure, key)
    rows, _cursor = groupstages.cases_behind(group, _behind(), clock(), size=groupstages.EXPORTED)
    own = glance.owns(current_actor(), group)
    labels = (_("业务流水号"), _("申请人"), _("摘要信息"), _("环节或结果"), _("办理人"), _("变动时间"))
    lines = [[case.number, case.starter_name if own else f"*{case.starter_name[-1:]}", _summary(case, own), case.stage, case.handler if own else "", instant(case.changed_at)[:16].replace("T", " ")] for case in rows]
    return _book(f"{group.name}{_behind().stage}", labels, lines)


def _summary(case, own: bool) -> str:
    """What the case is about, without the name."""
    return case.summary if own else case.summary.strip().removeprefix(case.starter_name).strip()


def _lines() -> tuple[list[str], str, list]:
    """(headings, the one that is looked at, its groups)."""
    groups = glance.groups_of(current_actor())
    headings = list(dict.fromkeys(group.heading for group in groups))
    asked = request.args.get("heading", "")
    this_year = f"{clock()().astimezone(SHANGHAI).year}"
    heading = next((one for one in (asked, this_year) if one in headings), next(iter(headings), ""))
    return headings, heading, glance.overview([group for group in groups if group.heading == heading], clock())


def _group(procedure: str, key: str):
    group = glance.group_of(current_actor(), procedure, key)
    if group is None:
        raise NotFound()
    return group


def _behind() -> groupstages.Behind:
    return groupstages.Behind(*(request.args.get(name, "") for name in ("process", "stage", "tone", "due")))


def _book(title: str, labels, rows):
    columns = [Column(str(n), label) for n, label in enumerate(labels)]
    return send_file(BytesIO(write_book(title, columns, rows)), mimetype=XLSX, as_attachment=True, download_name=f"{title}.xlsx")
