"""What for somebody looks at a case in which they have nothing to do: asked before the first look of a day, kept with each.

Daily work is never held up: who has the task, did one, is a party of the case or may act on it is not asked.
"""
from __future__ import annotations

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _, lazy_gettext as _l

from app.errors import PurposeRefused
from app.operations.access import READS_ALL, can_send, can_view_case
from app.operations.contexts import SHANGHAI
from app.store import session, transaction
from app.store.models import Case, CaseParty, Subscription, Task
from app.viewings.models import ViewingPurpose

AUDITORS, UNINVOLVED, NEVER = "auditors", "uninvolved", "never"  # what PURPOSE_ASKED may be
OTHER = "other"
PURPOSES = {
    "routine": _l("例行检查"), "complaint": _l("投诉举报核查"), "inquiry": _l("案件调查、司法协助"), "quality": _l("质量抽查"),
    "request": _l("应本人或单位申请查询"), OTHER: _l("其他"),
}
SHORTEST, LONGEST = 4, 200  # characters of the words; needed for OTHER alone


def purpose_of(actor, case_id: int, clock) -> str:
    """What this reader said today about this case; "" when nothing."""
    row = session().get(ViewingPurpose, (actor.id, case_id, _today(clock)))
    return row.words if row else ""


def must_say_why(actor, case_id: int, clock) -> bool:
    """Whether this reader may look at the case, has nothing to do in it, and has not said today what for."""
    asked = current_app.config["PURPOSE_ASKED"]
    reads_all = any(role in READS_ALL for role, _organisation in actor.roles)
    if asked == NEVER or (asked == AUDITORS and not reads_all):
        return False
    case = session().get(Case, case_id)
    if case is None or case.starter_id == actor.id or not can_view_case(case, actor):
        return False
    return not works_on(case, actor) and not purpose_of(actor, case_id, clock)


def works_on(case: Case, actor) -> bool:
    """Whether the case names them, or they have or did a task of it, may take one now, or may act on it."""
    own = sa.select(Task.id).where(Task.case_id == case.id, sa.or_(
        Task.assignee == actor.id, Task.closed_by == actor.id, sa.and_(Task.state == "open", Task.pool.in_(actor.pools))))
    named = sa.select(CaseParty.name).where(CaseParty.case_id == case.id, CaseParty.ref == actor.ref)
    if any(session().scalar(query.limit(1)) is not None for query in (own, named)):
        return True
    offered = sa.select(Subscription).where(Subscription.case_id == case.id, Subscription.role != "")
    return any(can_send(subscription, actor) for subscription in session().scalars(offered))


def say_why(actor, case_id: int, chosen: str, words: str, clock) -> str:
    """Keeps what for the actor looks at the case today; gives it in words. Raises PurposeRefused."""
    words = " ".join(words.split())
    if chosen not in PURPOSES:
        raise PurposeRefused(why=_("请选择查阅事由"))
    if chosen == OTHER and len(words) < SHORTEST:
        raise PurposeRefused(why=_("选择“其他”的，请至少用 %(n)s 个字写明事由", n=SHORTEST))
    return keep_words(actor, case_id, f"{PURPOSES[chosen]}：{words}" if words else str(PURPOSES[chosen]), clock)


def keep_words(actor, case_id: int, words: str, clock) -> str:
    """The same in words of their own, as programs say it. Raises PurposeRefused."""
    words = " ".join(words.split())
    if not SHORTEST <= len(words) <= LONGEST:
        raise PurposeRefused(why=_("查阅事由须为 %(least)s 至 %(most)s 个字", least=SHORTEST, most=LONGEST))
    with transaction() as store:
        store.merge(ViewingPurpose(reader_id=actor.id, case_id=case_id, day=_today(clock), words=words, at=clock()))
    return words


def _today(clock) -> str:
    return f"{clock().astimezone(SHANGHAI):%Y-%m-%d}"
