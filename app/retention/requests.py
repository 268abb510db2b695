"""Wishes for deletion: what an administrator proposes, what a second one decides, what the person is told (C-061 art. 47, D-124)."""
from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l

from app.errors import FourEyes, NotFound, RetentionRefused
from app.people import name_of, tellings
from app.people.restrictions import restrict
from app.retention import planning, runs
from app.retention.models import RetentionRun
from app.store import session, transaction
from app.store.models import DataRequest

PROPOSALS = {"refuse": _l("不予删除"), "restrict": _l("限制处理"), "erase": _l("全部清除")}
STATES = {"recorded": _l("待处理"), "refused": _l("不予删除"), "restricted": _l("已限制处理"), "erasing": _l("清除中"), "erased": _l("已清除")}


@dataclass(frozen=True)
class Asked:
    """A request as the page lists it."""

    row: DataRequest
    name: str

    @property
    def state_words(self) -> str:
        return str(_("待第二人批准") if self.row.state == "recorded" and self.row.proposed else STATES[self.row.state])


def requests(state: str = "") -> list[Asked]:
    """The wishes for deletion, those that wait first, then the newest; at most 500."""
    query = sa.select(DataRequest).where(DataRequest.kind == "deletion").order_by(DataRequest.state != "recorded", DataRequest.asked_at.desc()).limit(500)
    if state:
        query = query.where(DataRequest.state == state)
    return [Asked(row, name_of(row.person_id)) for row in session().scalars(query)]


def request_of(request_id: str) -> Asked:
    """Raises NotFound."""
    row = session().get(DataRequest, request_id)
    if row is None or row.kind != "deletion":
        raise NotFound()
    return Asked(row, name_of(row.person_id))


def why_kept(row: DataRequest, clock) -> list[planning.Planned]:
    """What of the person has to stay; nothing when all may go."""
    return [line for line in planning.plan_person(row.person_id, clock) if line.stays] if row.state == "recorded" else []


def run_for(row: DataRequest) -> RetentionRun | None:
    """The newest dry run that was made for a request."""
    return session().scalar(sa.select(RetentionRun).where(RetentionRun.request_id == row.id).order_by(RetentionRun.id.desc()).limit(1))


def propose(request_id: str, what: str, answer: str, *, actor, clock) -> None:
    """The first person's proposal with the reason that the person will be told. Raises RetentionRefused, NotFound."""
    if what not in PROPOSALS:
        raise RetentionRefused(why=_("请选择怎样处理"))
    if not answer.strip():
        raise RetentionRefused(why=_("请写明理由，本人会看到"))
    with transaction():
        row = _waiting(request_id)
        _ensure_other(row, actor)
        if row.proposed:
            raise RetentionRefused(why=_("已有处理意见，等第二人批准"))
        if what == "erase":
            if why_kept(row, clock):
                raise RetentionRefused(why=_("还有必须保管的内容，只能限制处理"))
            runs.plan_person_run(row.person_id, row.id, actor=actor, clock=clock)
        row.proposed, row.proposed_by, row.proposed_by_name, row.answer = what, actor.id, actor.name, answer.strip()[:500]


def decide(request_id: str, agreed: bool, *, actor, clock) -> None:
    """The second person's word: does what was proposed and tells the person, or gives the proposal back. Raises FourEyes, RetentionRefused."""
    with transaction():
        row = _waiting(request_id)
        if not row.proposed:
            raise RetentionRefused(why=_("还没有处理意见"))
        _ensure_other(row, actor)
        if row.proposed_by == actor.id:
            raise FourEyes(earlier=_("提出处理意见"))
        if agreed:
            row.decided_by, row.decided_by_name = actor.id, actor.name
            _do(row, actor, clock)
        else:
            _give_back(row, actor, clock)


def _do(row: DataRequest, actor, clock) -> None:
    told = {"refuse": _("您要求删除数据，经研究不予删除。"), "restrict": _("您的数据在保管期满前不能删除，现已限制处理：只用于保管和法律规定的查阅。"),
            "erase": _("您的数据即将全部清除，账号随之停用。")}[row.proposed]
    tellings.tell(row.person_id, _("删除数据要求的处理结果"), f"{told}{_('理由：')}{row.answer}", clock)
    if row.proposed == "erase":
        runs.approve_run(run_for(row).id, actor=actor, clock=clock)
        row.state = "erasing"
        return
    if row.proposed == "restrict":
        restrict(row.person_id, row.answer, actor=actor, clock=clock)
    row.state, row.done_at = {"refuse": "refused", "restrict": "restricted"}[row.proposed], clock()


def _give_back(row: DataRequest, actor, clock) -> None:
    if row.proposed == "erase":
        runs.refuse_run(run_for(row).id, reason=_("第二人不同意"), actor=actor, clock=clock)
    row.proposed, row.proposed_by, row.proposed_by_name, row.answer = "", "", "", ""


def _waiting(request_id: str) -> DataRequest:
    row = session().get(DataRequest, request_id, with_for_update=True, populate_existing=True)
    if row is None or row.kind != "deletion":
        raise NotFound()
    if row.state != "recorded":
        raise RetentionRefused(why=_("这项要求已经处理"))
    return row


def _ensure_other(row: DataRequest, actor) -> None:
    if row.person_id == actor.id:
        raise RetentionRefused(why=_("不能处理自己的要求"))
