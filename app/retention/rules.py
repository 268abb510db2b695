"""Rules: read with their defaults, changed with a reason, switched on by one person. Every change is kept."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from app.days import SHANGHAI
from app.errors import RetentionRefused
from app.retention.classes import CLASSES
from app.retention.models import RetentionRule, RetentionRuleChange
from app.store import session, transaction

MOST = 1200  # months: a hundred years


def rules() -> list[RetentionRule]:
    """Every rule, in the order of the classes; classes without one of their own get their default, switched off."""
    known = {(row.data_class, row.procedure): row for row in session().scalars(sa.select(RetentionRule))}
    found = []
    for one in CLASSES.values():
        if one.unit != "kept":
            found.append(known.pop((one.key, ""), None) or RetentionRule(data_class=one.key, procedure="", months=one.months, action=one.actions[0], active=False, switched_by=""))
            found += [known.pop(key) for key in sorted(known) if key[0] == one.key]
    return found


def rule_for(data_class: str, procedure: str = "") -> RetentionRule:
    """The rule of a class for one procedure: its own, else that of all."""
    mine = session().scalar(sa.select(RetentionRule).where(RetentionRule.data_class == data_class, RetentionRule.procedure == procedure)) if procedure else None
    return mine or next(rule for rule in rules() if rule.data_class == data_class and not rule.procedure)


def change_rule(data_class: str, procedure: str, *, months: int, action: str, active: bool, reason: str, actor, clock) -> RetentionRule:
    """Writes a rule and what it was before. Raises RetentionRefused."""
    _ensure_sound(data_class, months, action, reason)
    with transaction() as store:
        rule = store.scalar(sa.select(RetentionRule).where(RetentionRule.data_class == data_class, RetentionRule.procedure == procedure))
        before = said(rule) if rule else {}
        if rule is None:
            rule = RetentionRule(data_class=data_class, procedure=procedure, months=months, action=action, active=False, switched_by="")
            store.add(rule)
        if before and before == said(rule) | {"months": months, "action": action, "active": active}:
            raise RetentionRefused(why=_("没有改动"))
        rule.switched_by = actor.id if active else ""  # whoever changes a rule that is on answers for it
        rule.months, rule.action, rule.active = months, action, active
        store.flush()
        store.add(RetentionRuleChange(rule_id=rule.id, at=clock(), actor_id=actor.id, actor_name=actor.name, reason=reason.strip()[:500], before=before, after=said(rule)))
        return rule


def history_of(data_class: str, procedure: str) -> list[RetentionRuleChange]:
    """The changes of a rule, newest first."""
    query = sa.select(RetentionRuleChange).join(RetentionRule).where(RetentionRule.data_class == data_class, RetentionRule.procedure == procedure)
    return list(session().scalars(query.order_by(RetentionRuleChange.id.desc())))


def said(rule: RetentionRule) -> dict:
    """A rule as plain data, for histories and reports."""
    return {"class": rule.data_class, "procedure": rule.procedure, "months": rule.months, "action": rule.action, "active": bool(rule.active)}


def cutoff(now: datetime, months: int) -> datetime:
    """The instant so many months ago: what began before it is due. By Shanghai's calendar; the 31st becomes a month's last day."""
    here = now.astimezone(SHANGHAI)
    index = here.year * 12 + here.month - 1 - months
    year, month = max(index // 12, 1), index % 12 + 1
    day = here.day
    while True:
        try:
            return here.replace(year=year, month=month, day=day)
        except ValueError:
            day -= 1


def _ensure_sound(data_class: str, months: int, action: str, reason: str) -> None:
    known = CLASSES.get(data_class)
    if known is None or known.unit == "kept":
        raise RetentionRefused(why=_("此类数据不适用保管规则"))
    if not known.least <= months <= MOST:
        raise RetentionRefused(why=_("此类数据至少保管 %(least)s 个月，最多 %(most)s 个月", least=known.least, most=MOST))
    if action not in known.actions:
        raise RetentionRefused(why=_("此类数据不能这样处理"))
    if not reason.strip():
        raise RetentionRefused(why=_("请写明依据或者理由"))
