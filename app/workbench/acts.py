"""The record of the workbench: who did what to which procedure, and who is told. Rows are only added.

For the verbs of this package; every one of them writes its line inside its own transaction.
"""
from __future__ import annotations

import secrets

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from app.people import people_with_role, reference_of
from app.store import session, transaction
from app.store.models import Notice
from app.workbench.models import Act

ANALYST, ADMINISTRATOR = "analyst", "administrator"
WORDS = {
    "begun": _l("开始修改"), "imported": _l("导入文件"), "merged": _l("合并新版本"), "given_up": _l("放弃方案"), "submitted": _l("提交审批"),
    "withdrawn": _l("撤回提交"), "sent_back": _l("退回修改"), "approved": _l("批准，定时生效"), "published": _l("批准并发布"), "failed": _l("定时发布没有成功"),
    "retired": _l("停用"), "restored": _l("恢复使用"), "went_back": _l("退回到较早的版本"),
}


def record(kind: str, procedure: str, *, actor, clock, text: str = "", proposal_id: int | None = None, release: str = "", process_id: str = "") -> None:
    """Adds a line to the record. Part of the transaction around it."""
    with transaction() as store:
        store.add(Act(procedure=procedure, kind=kind, proposal_id=proposal_id, release=release, process_id=process_id, text=text[:1000],
                      actor_id=actor.id, actor_name=actor.name, at=clock()))


def acts_of(procedure: str, limit: int = 100) -> list[Act]:
    """What was done to a procedure, newest first."""
    return list(session().scalars(sa.select(Act).where(Act.procedure == procedure).order_by(Act.id.desc()).limit(limit)))


def holders(*roles: str) -> set[str]:
    """The ids of everybody who holds one of these roles of the service."""
    return {reference_of(party).partition(":")[2] for role in roles for party in people_with_role(role)}


def tell(people: set[str], title: str, text: str, link: str, clock, kind: str = "duty") -> None:
    """Writes a notice to each of them. Part of the transaction around it."""
    request = secrets.token_hex(16)
    with transaction() as store:
        store.add_all(Notice(person_id=person, case_id=None, request=request, kind=kind, title=title[:200], text=text[:1000], link=link, at=clock())
                      for person in sorted(people))
