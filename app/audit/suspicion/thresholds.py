"""Thresholds of the look-out: administration data with defaults. Every change stays with who made it and when."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l

from app.audit.suspicion.models import FindingThreshold
from app.errors import RequestInvalid
from app.store import session, transaction

LOOK_VERSION = 1  # moves when the checks themselves change: everything is looked at again


@dataclass(frozen=True)
class Threshold:
    """One number: `least` and `most` are allowed; `off` says what switches the check off."""

    name: str
    default: int
    least: int
    most: int
    label: str
    unit: str
    gloss: str


THRESHOLDS = (
    Threshold("quick_seconds", 10, 0, 3600, _l("打开后多快算快"), _l("秒"), _l("打开办理页面后不到这么多秒就作决定的，提示。0 为不看。")),
    Threshold("many_count", 20, 0, 1000, _l("多少件算很多"), _l("件"), _l("同一人在下面的秒数里办的件数达到它的，提示。0 为不看。")),
    Threshold("many_seconds", 60, 1, 3600, _l("多长时间里"), _l("秒"), _l("和上面的件数一起用。")),
    Threshold("night_from", 22, 0, 24, _l("夜间从几点起"), _l("点"), _l("这一点以后作决定的，提示。24 为不看。")),
    Threshold("night_until", 6, 0, 12, _l("夜间到几点止"), _l("点"), _l("这一点以前作决定的，提示。0 为不看。")),
    Threshold("free_days", 1, 0, 1, _l("不上班的日子也提示"), _l("1 是，0 否"), _l("周末和法定节假日，调休上班的除外。")),
    Threshold("sent_back", 3, 0, 50, _l("退回几次算多"), _l("次"), _l("同一张表被退回的次数达到它的，提示。0 为不看。")),
    Threshold("late_minutes", 0, 0, 100_000, _l("超过期限多久算晚"), _l("分钟"), _l("在期限之后这么多分钟以内办的，不提示。")),
    Threshold("timer_minutes", 60, 0, 100_000, _l("自动办理晚多久算晚"), _l("分钟"), _l("定时到了以后超过这么多分钟才办的，提示。0 为不看。")),
    Threshold("known_sign_ins", 5, 0, 1000, _l("登录过几次才看地址"), _l("次"), _l("此前登录不到这么多次的人，不看地址。0 为不看。")),
    Threshold("favour_cases", 10, 0, 10_000, _l("至少办过几件才统计"), _l("件"), _l("同一人对一个单位、对其他单位都至少办过这么多件，才比较通过的比例。0 为不看。")),
    Threshold("favour_points", 30, 1, 100, _l("比例高出多少算多"), _l("个百分点"), _l("对一个单位的肯定比例高出其他单位这么多，而且不像是偶然的，提示。")),
)
_BY_NAME = {one.name: one for one in THRESHOLDS}


def in_force() -> dict[str, int]:
    """name -> value, of all thresholds."""
    latest = sa.select(sa.func.max(FindingThreshold.id)).group_by(FindingThreshold.name)
    rows = session().execute(sa.select(FindingThreshold.name, FindingThreshold.value).where(FindingThreshold.id.in_(latest))).all()
    return {one.name: one.default for one in THRESHOLDS} | {name: value for name, value in rows if name in _BY_NAME}


def rules_of(values: Mapping[str, int]) -> str:
    """A digest of thresholds and checks: what was looked at by others is looked at again."""
    return hashlib.sha256(orjson.dumps([LOOK_VERSION, dict(values)], option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def set_thresholds(given: Mapping[str, str], *, actor, clock) -> list[str]:
    """Sets what differs from what is in force; the labels of what was set. Raises RequestInvalid naming the first that does not fit."""
    present, wanted = in_force(), {one.name: _number(one, given[one.name]) for one in THRESHOLDS if one.name in given}
    changed = [name for name, value in wanted.items() if value != present[name]]
    with transaction() as store:
        store.add_all(FindingThreshold(name=name, value=wanted[name], person_id=actor.id, person_name=actor.name, at=clock()) for name in changed)
    return [str(_BY_NAME[name].label) for name in changed]


def history(most: int = 20) -> list[tuple[FindingThreshold, str]]:
    """The latest changes with the label of what was changed, newest first."""
    rows = session().scalars(sa.select(FindingThreshold).order_by(FindingThreshold.id.desc()).limit(most))
    return [(row, str(_BY_NAME[row.name].label)) for row in rows if row.name in _BY_NAME]


def _number(one: Threshold, text: str) -> int:
    try:
        value = int(text.strip())
    except ValueError:
        value = one.least - 1
    if not one.least <= value <= one.most:
        raise RequestInvalid(why=_("“%(label)s”应是 %(least)s 到 %(most)s 之间的整数", label=one.label, least=one.least, most=one.most))
    return value
