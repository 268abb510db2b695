"""What every page needs: filters for dates, icons, addresses of bundles, who is signed in and where they may go.

Registered once as a blueprint without routes. Templates use these names; nothing else imports this module.
"""
from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, request, url_for
from flask_babel import get_locale, gettext as _, lazy_gettext as _l
from markupsafe import Markup, escape

from app import certificates, payments, people
from app.audit.insight.asking import may_ask
from app.config import ROOT
from app.operations import reading
from app.operations.reading import glance
from app.operations.standing import standing
from app.operations.reading import batchpages
from app.operations.voting import number_of_papers
from app.pools.reading import can_be_in_a_pool, pools_seen_by
from app.registers.editing import sees_registers
from app.retention import holds
from app.routes.access import may_call, rules_of
from app.routes.actors import clock, find_actor
from app.routes.languages import LANGUAGES, chosen_language

furniture = Blueprint("furniture", __name__)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DIST = ROOT / "app" / "static" / "dist"
# (endpoint, label, icon): shown to whoever may open it; an endpoint that is not there is no link.
PLACES = (
    ("cases.mine", _l("我的事项"), "folder"),
    ("desk.show", _l("工作台"), "inbox"),
    ("voting.show", _l("投票"), "checkbox"),
    ("workbench.index", _l("流程设计"), "git-branch"),
    ("audit.show", _l("审计"), "shield-check"),
    ("audit_insight.index", _l("统计"), "chart-histogram"),
    ("overview.index", _l("总览"), "chart-bar"),
    ("registers.index", _l("台账"), "table"),
    ("pools.index", _l("抽取与参评"), "list-numbers"),
    ("finance.orders", _l("财务"), "receipt"),
    ("certificate_register.index", _l("证书台账"), "certificate"),
    ("people.show", _l("人员与机构"), "users"),
)
# 用户中心 of a person (S1-149) and of whoever acts for an organisation (S1-034, S1-037).
OWN_PLACES = (
    ("home.show", _l("首页"), "home"),
    ("cases.mine", _l("我的事项"), "folder"),
    ("account.show", _l("个人信息"), "user"),
    ("account.manage", _l("账户管理"), "settings"),
    ("my_viewings.show", _l("谁查看过我的资料"), "eye"),
    ("payments.index", _l("支付订单"), "receipt"),
    ("reports.centre", _l("打印"), "printer"),
    ("materials.library", _l("我的资料库"), "files"),
    ("certificates.index", _l("我的证书"), "certificate"),
    ("pools.mine", _l("我的入库信息"), "id-badge-2"),
)
UNIT_PLACES = (
    ("home.show", _l("首页"), "home"),
    ("unit.show", _l("单位信息"), "building"),
    ("desk.show", _l("单位事项"), "inbox"),
    ("personnel.show", _l("人员管理"), "users"),
    ("registers.index", _l("维护管理"), "table"),
    ("operators.show", _l("权限管理"), "key"),
    ("payments.joint_index", _l("集体缴费"), "cash"),
    ("reports.centre", _l("打印"), "printer"),
)


_OF_MEMBERS = ("personnel.show", "payments.joint_index")  # for organisations that have people of their own


@furniture.app_template_global()
def asset(name: str) -> str:
    """The address of a bundle, with its digest: a page never meets yesterday's style."""
    return url_for("static", filename=f"dist/{name}", v=_digests(_written()).get(name, ""))


def _written() -> float:
    manifest = DIST / "manifest.json"
    return manifest.stat().st_mtime if manifest.exists() else 0.0


@lru_cache(maxsize=1)
def _digests(_written_at: float) -> dict[str, str]:
    manifest: Path = DIST / "manifest.json"
    return json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}


@furniture.app_template_global()
def icon(name: str, label: str = "") -> Markup:
    """A Tabler icon from the sprite; silent to screen readers unless it has a label."""
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f'<svg class="icon" {spoken}><use href="{escape(asset("icons.svg"))}#{escape(name)}"></use></svg>')


@furniture.app_template_global()
def here(**changes) -> str:
    """This page's address with some of its query changed; an empty value takes one out."""
    query = {k: v for k, v in (request.args.to_dict() | changes).items() if v not in ("", None)}
    return f"{request.path}?{urlencode(query)}" if query else request.path


@furniture.app_template_filter()
def day(value) -> str:
    """An instant or ISO text as 2026年3月2日 (2 Mar 2026 in English), Shanghai."""
    moment = _moment(value)
    if moment is None:
        return ""
    if get_locale() and get_locale().language == "en":
        return f"{moment.day} {moment:%b %Y}"
    return f"{moment.year}年{moment.month}月{moment.day}日"


@furniture.app_template_filter()
def minute(value) -> str:
    """An instant with its time, 24 h, Shanghai."""
    moment = _moment(value)
    return f"{day(moment)} {moment:%H:%M}" if moment else ""


@furniture.app_template_filter()
def brief(value) -> str:
    """An instant for narrow columns: without the year while it is this one."""
    moment = _moment(value)
    if moment is None:
        return ""
    text = minute(moment)
    year = f"{clock()().astimezone(SHANGHAI).year}"
    return text.replace(f"{year}年", "").replace(f" {year}", "")


@furniture.app_template_filter()
def stamp(value) -> str:
    """An instant as lists of reports show it, 2021/12/31 00:04, Shanghai (S1-209)."""
    moment = _moment(value)
    return f"{moment:%Y/%m/%d %H:%M}" if moment else ""


@furniture.app_template_filter()
def hour(value) -> str:
    """Only the time of an instant, 24 h, Shanghai."""
    moment = _moment(value)
    return f"{moment:%H:%M}" if moment else ""


@furniture.app_template_filter()
def deadline(value: str) -> str:
    """A task's due text (date or instant) for people: a date alone has no time."""
    return day(value) if len(value or "") == 10 else minute(value)


@furniture.app_template_test("overdue")
def is_overdue(value: str) -> bool:
    """Whether a due text lies in the past; a date is over when its day is."""
    moment = _moment(value)
    now = clock()().astimezone(SHANGHAI)
    return bool(moment) and (moment.date() < now.date() if len(value) == 10 else moment < now)


@furniture.app_template_filter()
def digits(number: str) -> str:
    """A long case number grouped for reading: prefix, day, sequence."""
    return f"{number[:3]} {number[3:11]} {number[11:]}" if len(number) == 19 else number


@furniture.app_template_filter()
def starred(name: str) -> str:
    """A name as lists show it, all but its last character covered (S1-141): *岗."""
    return f"*{name[-1]}" if len(name) > 1 else name


@furniture.app_template_filter()
def lasting(seconds: int) -> str:
    """How long something takes, in the one unit that says it: 3 天, 5 小时, 20 分钟; never less than a minute."""
    for unit, words in ((86400, _("%(n)s 天")), (3600, _("%(n)s 小时"))):
        if seconds >= unit:
            return words % {"n": f"{seconds / unit:.1f}".removesuffix(".0")}
    return _("%(n)s 分钟", n=max(1, round(seconds / 60)))


@furniture.app_template_filter()
def beside(summary: str, name: str) -> str:
    """A case's summary where its person is named next to it: not named twice."""
    return summary.strip().removeprefix(name).strip()


@furniture.app_template_filter()
def covered(number: str) -> str:
    """A document number as one recognises one's own: the ends alone."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 8 else f"{number[:1]}***{number[-1:]}"


@furniture.app_template_filter()
def many(count: int) -> str:
    """A count that may have been cut off."""
    return f"{count - 1}+" if count >= reading.Counts.MOST else str(count)


@furniture.app_template_filter()
def prose(text: str) -> Markup:
    """A process's documentation: lines, `## ` headings, `- ` points. Everything else in it is text."""
    blocks: list[Markup] = []
    points: list[Markup] = []
    for line in [*(line.strip() for line in text.splitlines()), ""]:
        if line.startswith("- "):
            points.append(Markup("<li>{}</li>").format(line[2:]))
            continue
        if points:
            blocks.append(Markup("<ul>{}</ul>").format(Markup("").join(points)))
            points = []
        if line:
            blocks.append(Markup("<h2>{}</h2>").format(line.lstrip("# ")) if line.startswith("#") else Markup("<p>{}</p>").format(line))
    return Markup("").join(blocks)


def _moment(value) -> datetime | None:
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


@furniture.app_context_processor
def common() -> dict:
    """Names that the frame of every page uses. Functions, so that a page without the frame pays nothing."""
    actor = find_actor() if request else None
    return {
        "me": actor, "site_name": _worded("SITE_NAME"), "worded": _worded, "languages": LANGUAGES,
        "language": str(get_locale() or "zh")[:2], "places": lambda: _places(actor), "user_places": lambda: _user_places(actor),
        "unread": lambda: reading.count_unread(actor) if actor else 0,
        "my_organisations": lambda: people.organisations_of(actor.id) if actor else [],
        "orders_to_pay": lambda: _orders_to_pay(actor), "certificate_of": lambda case: _certificate_of(case, actor), "lists_members": lambda case: batchpages.lists_members(case, actor), "travels": lambda case: batchpages.travels(case, actor),
        "dates_of": batchpages.dates_of, "batch_states": batchpages.state_words, "state_words": _state_words, "holds_on": lambda case: _holds_on(case, actor), "demo_accounts": _demo_accounts,
    }


def _worded(name: str) -> str:
    """A setting made of words, in the language of the page."""
    return (chosen_language() == "en" and current_app.config[f"{name}_EN"]) or current_app.config[name]


def _orders_to_pay(actor) -> dict[int, str]:
    """case id -> number of an order that this actor is asked to pay now (S1-145)."""
    return {order.case_id: order.order_no for order in payments.orders_of(actor) if order.state == "open"} if actor else {}


def _certificate_of(case, actor) -> str:
    """The number of the certificate that this case brought the actor; "" when there is none."""
    mine = certificates.certificates_of(actor) if actor and case.ended_at else []
    return next((certificate.number for certificate in mine if certificate.case_id == case.id and certificate.state != "held"), "")


def _holds_on(case, actor) -> list:
    """The legal holds on a case, for auditors and administrators."""
    return holds.holds_on(case, clock()) if actor and (actor.has_role("auditor") or actor.has_role("administrator")) else []


def _demo_accounts() -> list[dict]:
    """Shown at the sign-in of a local trial alone."""
    return reading.demo_accounts(chosen_language()) if current_app.config["MODE"] == "local" else []


def _places(actor) -> list[tuple[str, str, str]]:
    return [place for place in PLACES if may_open(place[0], actor)]


def _user_places(actor) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """(heading, places) of the menu of the user centre: the unit's, when they act for one, then their own."""
    unit = [place for place in UNIT_PLACES if may_open(place[0], actor) and (place[0] not in _OF_MEMBERS or _has_members(actor))] if actor and actor.organisation and people.menus_of(actor) else []
    own = [place for place in OWN_PLACES if may_open(place[0], actor) and (place[0] != "home.show" or not unit)]
    return [(heading, places) for heading, places in ((actor.organisation["name"] if unit else "", unit), (_("本人") if unit else "", own)) if places]


def _has_members(actor) -> bool:
    """Whether the organisation they act for is one that registers with people of its own: an office of the service has no list of them."""
    kind = standing().kind
    return not kind or any(party["ref"] == actor.organisation["ref"] for party in people.organisations_of_kind(kind))


def may_open(endpoint: str, actor) -> bool:
    """Whether a page is there and this actor may open it."""
    view = current_app.view_functions.get(endpoint)
    if view is None or actor is None:
        return False
    if endpoint == "desk.show":
        return reading.works_at_desk(actor)
    if endpoint == "voting.show":
        return bool(number_of_papers(actor))
    if endpoint == "overview.index":
        return glance.watches_groups(actor)
    if endpoint == "audit_insight.index":  # auditors find it among the tabs of their desk
        return may_ask(actor) and not actor.has_role("auditor")
    if endpoint == "registers.index":
        return sees_registers(actor)
    if endpoint == "pools.index":
        return bool(pools_seen_by(actor))
    if endpoint == "pools.mine":
        return can_be_in_a_pool(actor)
    if endpoint == "certificate_register.index":
        return certificates.sees_register(actor)
    return may_call(rules_of(view), actor)


def _state_words(case) -> tuple[str, str, str]:
    """(class, icon, words) of a case's state: never colour alone."""
    if case.tab == "done":
        icons = {"good": "circle-check", "bad": "circle-x"}
        return case.tone or "quiet", icons.get(case.tone, "circle-minus"), case.result or _("办结")
    words = {"todo": ("todo", "hourglass", _("待办中")), "draft": ("quiet", "pencil", _("草稿"))}
    return words.get(case.tab, ("doing", "player-play", _("办理中")))
