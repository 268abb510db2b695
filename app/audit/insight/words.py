"""How insight says things: spans of time, names of steps, flows and outcomes in the releases of a process. Reads only."""
from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.audit.insight.asking import Asked
from app.audit.insight.facts import CONTAINERS, PEOPLE
from app.operations import releases
from app.store import session
from app.store.models import Process, Release

READ = 12  # releases whose names are looked up, the latest first


def spoken(seconds: float | None, worked: bool = False) -> str:
    """A span in the one unit that says it; days of working time are working days."""
    if seconds is None:
        return "—"
    if seconds >= 86_400:
        n = f"{seconds / 86_400:.1f}".removesuffix(".0")
        return _("%(n)s 个工作日", n=n) if worked else _("%(n)s 天", n=n)
    if seconds >= 3600:
        return _("%(n)s 小时", n=f"{seconds / 3600:.1f}".removesuffix(".0"))
    return _("%(n)s 分钟", n=round(seconds / 60)) if seconds >= 60 else _("不足 1 分钟") if seconds else "0"


def percent(part: float | None) -> str:
    """A share of one: 12.5%."""
    return "—" if part is None else f"{part * 100:.1f}".removesuffix(".0") + "%"


class Names:
    """What elements, flows and outcomes of a process are called: in the release asked for or in use, else in an earlier one."""

    def __init__(self, asked: Asked):
        self.asked = asked

    @cached_property
    def processes(self) -> list[engine.Process]:
        """The process in each release that holds it, the one that is drawn first."""
        procedure = sa.select(Release.procedure).where(Release.digest == self.asked.release) if self.asked.release else \
            sa.select(Process.procedure).where(Process.id == self.asked.process)
        digests = session().scalars(sa.select(Release.digest).where(Release.procedure == procedure.limit(1).scalar_subquery())
                                    .order_by(Release.number.desc()).limit(READ))
        order = dict.fromkeys([*filter(None, (self.drawn_release,)), *digests])
        return [releases.process_in(digest, self.asked.process) for digest in order
                if self.asked.process in releases.procedure_of(digest).processes]

    @cached_property
    def drawn_release(self) -> str:
        """The release whose diagram is shown: the one asked for, else the one that new cases get."""
        return self.asked.release or session().scalar(sa.select(Process.release).where(Process.id == self.asked.process)) or ""

    def find(self, element: str) -> engine.Element | None:
        """The element as the nearest release has it."""
        return next((process.elements[element] for process in self.processes if element in process.elements), None)

    def element(self, element: str) -> str:
        """What an element is called; its kind where the diagram gives it no name."""
        found = self.find(element)
        return (found.name if found else "") or _kinds().get(found.kind if found else "", "") or element

    def is_step(self, element: str) -> bool:
        """Whether time passes at it by itself: not a sub-process, whose time is that of the steps inside."""
        found = self.find(element)
        return found is not None and found.kind not in CONTAINERS

    def flow(self, flow: str) -> tuple[str, str, str]:
        """(from, to, name) of a flow."""
        for process in self.processes:
            if flow in process.flows:
                found = process.flows[flow]
                return self.element(found.source), self.element(found.target), found.name
        return "—", "—", flow

    def outcome(self, element: str, outcome: str) -> str:
        """The label of a decision of a step."""
        found = self.find(element)
        return next((one.label for one in found.decisions if one.outcome == outcome), "") if found else ""

    def people(self) -> list[str]:
        """The steps of people of all releases looked at, in the order of the diagram."""
        return list(dict.fromkeys(e.id for process in self.processes for e in process.elements.values() if e.kind == PEOPLE))

    def party(self, name: str) -> str:
        """What a party is called on the form that names it."""
        files = releases.procedure_of(self.drawn_release).forms if self.drawn_release else {}
        return next((field.label for form in files.values() for field in form.fields() if field.party == name), _("单位"))

    def drawings(self) -> list[tuple[str, str]]:
        """(process, name) of what can be drawn: the process and those that it calls."""
        if not self.processes:
            return []
        main = self.processes[0]
        called = dict.fromkeys(main.called.values())
        return [(main.id, main.name), *((each, releases.process_in(self.drawn_release, each).name) for each in called)]


def _kinds() -> dict[str, str]:
    return {PEOPLE: _("人工步骤"), "serviceTask": _("系统步骤"), "receiveTask": _("等待消息"), "intermediateCatchEvent": _("等待时间或消息"),
            "subProcess": _("子流程"), "callActivity": _("调用的流程"), "exclusiveGateway": _("判断"), "parallelGateway": _("并行"),
            "startEvent": _("开始"), "endEvent": _("结束"), "boundaryEvent": _("附着的事件"), "scriptTask": _("系统步骤"), "businessRuleTask": _("规则")}
