"""What the page of proof shows, in words. Reads only."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l

from app.clock import Clock
from app.proof import alarms
from app.proof.heads import age_of, last_head
from app.proof.jobs import EVERY, latest
from app.proof.models import Verification
from app.store import session
from app.store.models import Case

KIND_WORDS = {
    "altered": _l("事件被改动、插入或挪动"), "missing": _l("事件缺失"), "doubled": _l("事件序号重复"), "cut": _l("末尾的事件被删"),
    "answers": _l("填报内容被改动、增加或删除"), "anchor": _l("与外部锚点不符"), "head": _l("锚点被改动、删除或与别处的副本不同"), "stamp": _l("时间戳不符"),
    "file": _l("材料文件缺失或被改动"), "unknown-key": _l("签名所用的密钥不明"),
}
SINK_WORDS = {"journal": _l("本地锚点文件"), "file": _l("另一卷上的文件"), "http": _l("外部网址"), "rfc3161": _l("时间戳服务（RFC 3161）")}


@dataclass(frozen=True)
class Standing:
    """`age` of the last head in seconds, None before the first; `alarms` in words."""

    head: dict | None
    age: int | None
    places: list[alarms.Standing]
    verification: Verification | None
    alarms: list[str]


def standing(clock: Clock) -> Standing:
    """How heads and verification stand now."""
    head, last, places = last_head(), next(iter(latest(1)), None), alarms.standings(clock)
    return Standing(head, max(0, round(age_of(head, clock))) if head else None, places, last, list(_alarms(head, last, places, clock)))


def verifications() -> list[tuple[Verification, list[dict]]]:
    """The latest verifications, each with its first faults."""
    return [(row, _with_case_ids(row.faults[:1])) for row in latest()]


def verification(verification_id: int) -> tuple[Verification, list[dict]] | None:
    """One verification with the faults that were kept."""
    row = session().get(Verification, verification_id)
    return (row, _with_case_ids(row.faults)) if row else None


def _with_case_ids(faults: list[dict]) -> list[dict]:
    """The faults, with the id of their case where it still is there."""
    numbers = {fault["case"] for fault in faults if fault["case"]}
    known = {row.number: row.id for row in session().execute(sa.select(Case.number, Case.id).where(Case.number.in_(numbers)))} if numbers else {}
    return [fault | {"case_id": known.get(fault["case"])} for fault in faults]


def _alarms(head: dict | None, last: Verification | None, places: list, clock: Clock):
    if head is None:
        yield _("还没有写过锚点：后台进程没有运行。")
    elif age_of(head, clock) > alarms.ALARM_AFTER.total_seconds():
        yield _("最近的锚点已是 %(n)s 秒前写的：后台进程没有运行，或锚点写不出去。", n=round(age_of(head, clock)))
    if alarms.is_rolled_back():
        yield _("数据库中缺少锚点已经记下的事件：可能被删改，或被换成了旧的备份。请立即校验。")
    for place in places:
        if place.failing_since:
            yield _("%(kind)s写不进去（%(address)s）：%(why)s", kind=SINK_WORDS[place.kind], address=place.address, why=place.error)
    if last and last.count:
        yield _("最近一次校验发现 %(n)s 处异常。", n=last.count)
    elif last and clock() - last.ended_at > 2 * EVERY:
        yield _("已经两天没有完整校验过。")
