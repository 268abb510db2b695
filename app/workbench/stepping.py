"""The steps of a walk that are nobody's task, out of what the page sent: the clock, messages, answers of outside systems."""
from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from app.errors import PlayRefused
from app.definitions import MAIN
from app.operations.contexts import SHANGHAI
from app.store import session
from app.store.models import Timer
from app.workbench import plays, proposals
from app.workbench.models import Play
from app.workbench.playable import readable_scenarios
from app.workbench.playing import start_samples

LATEST = timedelta(days=3660)
_NUMBER = re.compile(r"-?\d{1,15}")


def step(play: Play, form: Mapping[str, str], *, clock) -> None:
    """Does the step of the page. Raises PlayRefused."""
    kind = form.get("do", "")
    if kind == "start":
        return plays.start_with(play, _start_sample(play), clock=clock)
    makers = {"wait": _wait, "wait_workdays": _workdays, "timer": _timer, "until": _until, "message": _message, "answer": _answer, "stand_ins": _stand_ins}
    if kind not in makers:
        raise PlayRefused(why=_("没有这样的一步"))
    do, label = makers[kind](play, form)
    plays.go_on(play, do, label, clock=clock)


def _start_sample(play: Play) -> dict:
    procedure = proposals.bundle_of(proposals.proposal_of(play.proposal_id)).procedure(proposals.proposal_of(play.proposal_id).procedure)
    found = start_samples(readable_scenarios(procedure), play.script["process"])
    if not found:
        raise PlayRefused(why=_("没有情景用例写过发起时的答案，请打开发起页面填写"))
    return found[0][1]


def told(remade: plays.Remade) -> list[tuple[str, str]]:
    """How walking again went, in words, each with its kind."""
    words = [(_("第 %(n)s 步之后：%(what)s", n=number, what=what), "warning") for number, what in remade.differs]
    if remade.reason:
        words.append((_("第 %(n)s 步现在走不通：%(reason)s。已停在这一步之前，可以从这里换一种走法。", n=remade.position + 1, reason=remade.reason), "error"))
    return words or [(_("已按现在的方案重新走了 %(n)s 步，去向都和原来一样。", n=remade.position), "message")]


def _wait(_play: Play, form) -> tuple[dict, str]:
    words = {"PT1H": _("过了一小时"), "P1D": _("过了一天"), "P7D": _("过了一周")}
    duration = form.get("duration", "")
    if duration not in words:
        raise PlayRefused(why=_("请选择时间"))
    return {"wait": duration}, words[duration]


def _workdays(_play: Play, form) -> tuple[dict, str]:
    text = form.get("days", "").strip()
    if not text.isdecimal() or not text.isascii() or not 0 < int(text) < 500:
        raise PlayRefused(why=_("工作日数应在 1 到 499 之间"))
    return {"wait_workdays": int(text)}, _("过了 %(n)s 个工作日", n=int(text))


def _timer(play: Play, _form) -> tuple[dict, str]:
    """On to the next timer: written as how long that is from now, so that the scenario reads the same."""
    with plays.standing(play) as now:
        due, moment = session().scalar(sa.select(sa.func.min(Timer.due))), now.clock()
    if due is None:
        raise PlayRefused(why=_("现在没有在等的定时"))
    return {"wait": duration_of(max(due - moment, timedelta(seconds=1)))}, _("到下一个定时")


def _until(play: Play, form) -> tuple[dict, str]:
    with plays.standing(play) as now:
        moment = now.clock()
    try:
        target = datetime.fromisoformat(form.get("until", "")).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise PlayRefused(why=_("请选择日期和时间")) from None
    if not moment < target < moment + LATEST:
        raise PlayRefused(why=_("要去的时间须在现在（%(now)s）之后、十年之内", now=f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"))
    return {"wait": duration_of(target - moment)}, _("到 %(when)s", when=f"{target:%Y-%m-%d %H:%M}")


def duration_of(span: timedelta) -> str:
    """A span as scenarios write it, whole seconds, not shorter."""
    seconds = -(-int(span.total_seconds() * 1000) // 1000)
    days, rest = divmod(seconds, 86400)
    parts = [f"{count}{unit}" for count, unit in ((rest // 3600, "H"), (rest % 3600 // 60, "M"), (rest % 60, "S")) if count]
    return f"P{f'{days}D' if days else ''}{'T' + ''.join(parts) if parts else ''}"


def _message(_play: Play, form) -> tuple[dict, str]:
    name, payload = form.get("message", ""), _values(form, "payload")
    return _case(form) | {"message": name} | ({"payload": payload} if payload else {}), _("外部消息“%(what)s”", what=form.get("label") or name)


def _answer(_play: Play, form) -> tuple[dict, str]:
    do, label = _case(form) | {"answer": form.get("element", "")}, form.get("label") or form.get("element", "")
    way = form.get("way", "good")
    if way == "bad":
        return do | {"fails": form.get("reason", "").strip() or _("对方系统没有应答")}, _("“%(what)s”失败", what=label)
    if way == "own":
        return do | {"result": _values(form, "result")}, _("“%(what)s”按填写的结果应答", what=label)
    return do, _("“%(what)s”应答成功", what=label)


def _stand_ins(_play: Play, form) -> tuple[dict, str]:
    if form.get("mode") == "wait":
        return {"stand_ins": "wait"}, _("外部系统改为由我应答")
    return {"stand_ins": "answer"}, _("外部系统改为自动应答")


def _case(form) -> dict:
    name = form.get("case", "")
    return {"case": name} if name and name != MAIN else {}


def _values(form, prefix: str) -> dict:
    """Names and values of the rows of a small table; numbers and yes and no as such."""
    names, values = form.getlist(f"{prefix}.name"), form.getlist(f"{prefix}.value")
    return {name.strip(): _value(value.strip()) for name, value in zip(names, values) if name.strip() and value.strip()}


def _value(text: str):
    if text in ("true", "是"):
        return True
    if text in ("false", "否"):
        return False
    return int(text) if _NUMBER.fullmatch(text) else text
