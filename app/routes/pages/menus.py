"""The menu of a staff's home page: everything they work with, at most two clicks away, from what the procedures declare.

For the home page alone. Nothing is listed here by name: registers, processes, steps and lists are those of the
procedures in use, as far as this person may open them.
"""
from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.operations import list_reports, reading, releases
from app.operations.reading import glance
from app.registers.editing import can_see, declared_registers
from app.routes.pages.forms import language
from app.routes.pages.furniture import may_open

# Pages of the service that belong to whoever works at a desk: (endpoint, icon).
_LOOKING = (("pools.index", "list-numbers"), ("certificate_register.index", "certificate"), ("jobs.index", "progress"), ("reports.centre", "printer"))


@dataclass(frozen=True)
class MenuEntry:
    """A link of the menu; `count` is what waits there, None where nothing is counted."""

    url: str
    label: str
    icon: str
    count: int | None = None


def menu_of(actor) -> list[tuple[str, list[MenuEntry]]]:
    """(heading, entries) for somebody who works at a desk; nothing for anybody else."""
    if not glance.watches_groups(actor):
        return []
    parts = ((_("计划与台账"), _plans(actor)), (_("办理"), _steps(actor)), (_("发起"), _starts(actor)),
             (_("公示与名单"), _lists(actor)), (_("查询"), _looking(actor)))
    return [(heading, entries) for heading, entries in parts if entries]


def _plans(actor) -> list[MenuEntry]:
    own = [MenuEntry(url_for("overview.index"), _("年度总览"), "chart-bar")]
    return own + [MenuEntry(url_for("registers.show", procedure=one.procedure, key=one.key), _worded(one.register), "table")
                  for one in declared_registers() if can_see(one, actor)]


def _steps(actor) -> list[MenuEntry]:
    return [MenuEntry(url_for("desk.show", step=one.element), one.name, "inbox", one.count) for one in reading.work_lists(actor)]


def _starts(actor) -> list[MenuEntry]:
    """What this person's desk starts; not what everybody may start."""
    return [MenuEntry(url_for("start.fill", process_id=row.id), row.name, "file-plus") for row in releases.startable(actor) if row.starters != "*"]


def _lists(actor) -> list[MenuEntry]:
    return [MenuEntry(url_for("desk.choose", key=one.key), _worded(one), "printer") for one in list_reports.offers(actor)]


def _looking(actor) -> list[MenuEntry]:
    labels = {"pools.index": _("抽取与参评"), "certificate_register.index": _("证书台账"), "jobs.index": _("批量办理记录"), "reports.centre": _("打印中心")}
    return [MenuEntry(url_for(endpoint), labels[endpoint], icon) for endpoint, icon in _LOOKING if may_open(endpoint, actor)]


def _worded(part) -> str:
    return (language() == "en" and part.title_en) or part.title
