"""审计: where cases wait and how long steps take, loops, ways, comparisons and the course of time. Offices see their own groups."""
from __future__ import annotations

from io import BytesIO
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _, lazy_gettext as _l

from app.audit.insight import asking, pages
from app.audit.insight.comparing import BY
from app.audit.insight.gathering import gathered
from app.audit.insight.tables import LEVELS, Table, workbook
from app.audit.insight.ways import EXPORTED, MOST
from app.audit.insight.words import Names, percent, spoken
from app.errors import NotFound
from app.operations import reading, saved_views
from app.routes.access import access, may_call, rules_of
from app.routes.actors import clock, current_actor
from app.routes.audit.frame import audit_page, drawing_page
from app.routes.pages.furniture import day, minute
from app.sheets import XLSX

blueprint = Blueprint("audit_insight", __name__, url_prefix="/audit/insight")
PLACE = "insight"
# (endpoint, label, icon): the pages, each of which asks the same filters.
PAGES = ((".index", _l("哪里慢、哪里堵"), "temperature"), (".rework", _l("退回与返工"), "repeat"), (".ways", _l("最常走的途径"), "route"),
         (".compare", _l("对比"), "chart-bar"), (".course", _l("进度与期限"), "chart-line"))
MODES = (("waiting", _l("现在等在哪里"), "hourglass"), ("duration", _l("每步用时"), "clock"), ("frequency", _l("走过次数"), "arrows-right-left"))


@blueprint.get("")
@access("signed-in")
def index():
    """The heat map, with the list of its figures."""
    scope, asked = _question()
    tables, said = pages.map_tables(asked, scope, clock()()) if asked.process else ([], "")
    names = Names(asked)
    drawings = names.drawings() if asked.process else []
    drawn = asked.drawn if asked.drawn in dict(drawings) else next((process for process, _name in drawings), "")
    return _page("audit/insight.html", scope, asked, tables, said=said, modes=MODES, drawings=drawings, drawn=drawn, release=names.drawn_release if asked.process else "",
                 levels=LEVELS)


@blueprint.get("/rework")
@access("signed-in")
def rework():
    """Returns, steps that came again, reasons."""
    scope, asked = _question()
    sums, tables = pages.rework_tables(asked, scope) if asked.process else (None, [])
    return _page("audit/insight_rework.html", scope, asked, tables, sums=sums)


@blueprint.get("/ways")
@access("signed-in")
def ways():
    """The most frequent ways."""
    scope, asked = _question()
    return _page("audit/insight_tables.html", scope, asked, [pages.ways_table(asked, scope, MOST)] if asked.process else [])


@blueprint.get("/compare")
@access("signed-in")
def compare():
    """Cases side by side."""
    scope, asked = _question()
    offered = pages.by_words(asked, scope) if asked.process else {}
    return _page("audit/insight_compare.html", scope, asked, [pages.compare_table(asked, scope)] if asked.process else [], offered=offered,
                 by=asked.by if asked.by in BY else BY[0])


@blueprint.get("/course")
@access("signed-in")
def course():
    """Week by week, ages, passing, deadlines."""
    scope, asked = _question()
    return _page("audit/insight_tables.html", scope, asked, pages.course_tables(asked, scope, clock()()) if asked.process else [])


@blueprint.get("/excel/<page>/<table>")
@access("signed-in")
def export(page: str, table: str):
    """One table of a page as a workbook."""
    scope, asked = _question()
    found = next((one for one in _tables_of(page, asked, scope) if one.key == table), None)
    if found is None:
        raise NotFound()
    return send_file(BytesIO(workbook(found, _notes(asked))), mimetype=XLSX, as_attachment=True, download_name=f"{found.title}.xlsx")


@blueprint.get("/diagram.bpmn")
@access("signed-in")
def diagram():
    """The diagram that the figures are drawn on."""
    scope, asked = _question()
    names = Names(asked)
    if request.args.get("drawn", asked.process) not in dict(names.drawings()):
        raise NotFound()
    return Response(reading.process_diagram(names.drawn_release, request.args.get("drawn", asked.process)), mimetype="application/xml")


@blueprint.post("/views")
@access("signed-in")
def keep_view():
    """Keeps the question of a page under a name."""
    scope = asking.scope_of(current_actor())
    asked, page = asking.asked_for(request.form, scope, clock()()), _page_named(request.form.get("page", ""))
    saved_views.keep_view(current_actor(), PLACE, request.form.get("name", ""), urlencode({"page": page.strip(".")} | asked.words()), clock())
    flash(_("视图已保存。"))
    return redirect(url_for(page, **asked.words()), 303)


@blueprint.post("/views/drop")
@access("signed-in")
def drop_view():
    """Forgets a view."""
    asking.scope_of(current_actor())
    saved_views.drop_view(current_actor(), PLACE, request.form.get("name", ""))
    return redirect(url_for(".index"), 303)


@blueprint.get("/views/open")
@access("signed-in")
def open_view():
    """Goes to what a kept view asks."""
    asking.scope_of(current_actor())
    words = request.args.to_dict()
    return redirect(url_for(_page_named(words.pop("page", "")), **words))


def _question() -> tuple[asking.Scope, asking.Asked]:
    scope = asking.scope_of(current_actor())
    return scope, asking.asked_for(request.args, scope, clock()())


def _tables_of(page: str, asked: asking.Asked, scope: asking.Scope) -> list[Table]:
    if not asked.process:
        return []
    made = {"index": lambda: pages.map_tables(asked, scope, clock()())[0], "rework": lambda: pages.rework_tables(asked, scope)[1],
            "ways": lambda: [pages.ways_table(asked, scope, EXPORTED)], "compare": lambda: [pages.compare_table(asked, scope)],
            "course": lambda: pages.course_tables(asked, scope, clock()())}
    return made[page]() if page in made else []


def _page_named(page: str) -> str:
    return next((endpoint for endpoint, _label, _icon in PAGES if endpoint == f".{page}"), ".index")


def _page(template: str, scope: asking.Scope, asked: asking.Asked, tables: list[Table], **values):
    """A page with the filters, and the tables that charts are drawn from."""
    views = [(view.name, url_for(".open_view") + "?" + view.query) for view in saved_views.views_of(current_actor(), PLACE)]
    draw = drawing_page if tables else audit_page
    return draw(template, asked=asked, scope=scope, tables=tables, pages=PAGES, processes=asking.processes_in(scope), views=views, as_of=gathered(), spoken=spoken,
                percent=percent, releases=asking.releases_in(asked), groups=asking.groups_in(asked, scope), presets=_presets(), chips=_chips(asked, scope),
                plays=_may_play(), page=request.endpoint.rpartition(".")[2], **values)


def _presets() -> list[tuple[str, dict[str, str]]]:
    """(label, days) of the periods that are asked most."""
    today = clock()().astimezone(asking.SHANGHAI).date()
    since = {_("近 30 天"): today.fromordinal(today.toordinal() - 30), _("近 90 天"): today.fromordinal(today.toordinal() - 90), _("今年"): today.replace(month=1, day=1),
             _("近 12 个月"): today.fromordinal(today.toordinal() - 365)}
    return [(label, {"since": first.isoformat(), "until": ""}) for label, first in since.items()] + [(_("全部时间"), {"since": "", "until": ""})]


def _chips(asked: asking.Asked, scope: asking.Scope) -> list[tuple[str, str]]:
    """(field, words) of a filter that has no control of its own."""
    return [("party", pages.party_name(asked.party))] if asked.party else []


def _may_play() -> bool:
    view = current_app.view_functions.get("audit_player.show")
    return view is not None and may_call(rules_of(view), current_actor())


def _notes(asked: asking.Asked) -> list[str]:
    """What a workbook was asked, for its second sheet."""
    at = gathered()
    period = _("期间：%(since)s 至 %(until)s", since=day(asked.since) or _("最早"), until=day(asked.until) or _("现在"))
    return [_("流程：%(process)s", process=asked.process), period, _("时间：%(time)s", time=_("只计工作日") if asked.worked else _("日历时间")),
            _("事件数据截至 %(at)s", at=minute(at[0])) if at else "", _("统计口径见使用说明“统计”一章。")]
