"""Claims: what only one case at a time may have, for example one application per person, series and year (S1-082).

A user task's property `claim` says it as CEL over the new answers; end events and actions with `frees_claim` give it
back (decision 9). Claims are rows beside the engine: a replay neither needs nor changes them.
"""
from __future__ import annotations

import hashlib

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from app import engine
from app.errors import ClaimTaken
from app.expressions import EvaluationError
from app.operations import releases
from app.operations.contexts import evaluate
from app.store import session
from app.store.models import Case, Claim, Task


def ensure_claim(case: Case, process: engine.Process, task: Task, context: dict, answers: dict, actor, clock) -> None:
    """Takes what completing this task claims, in the transaction of the command; gives an earlier claim of the case back.

    Raises ClaimTaken, of two commands at the same moment for one of them: the key is unique in the store.
    """
    element = process.elements[task.element]
    if not element.properties.get("claim"):
        return
    key = _key(case, element, task, context, answers)
    held = session().scalar(sa.select(Claim.key).where(Claim.case_id == case.id))
    if key == held:
        return
    free_claim(case)
    if key and not _insert(Claim(key=key, case_id=case.id, at=clock())):
        raise _refusal(element, _holder(key), actor)


def claim_notice(case: Case, task: Task, context: dict, answers: dict, actor) -> str:
    """What completing the task with these answers would be refused for: a warning while they are typed; else ""."""
    element = releases.process_of(case).elements[task.element]
    if not element.properties.get("claim"):
        return ""
    try:
        key = _key(case, element, task, context, answers)
    except EvaluationError:  # a draft may hold anything
        return ""
    holder = _holder(key) if key else None
    return "".join(_refusal(element, holder, actor).facts.values()) if holder and holder.id != case.id else ""


def free_claim(case: Case) -> None:
    """The case gives back what it has taken, if anything."""
    session().execute(sa.delete(Claim).where(Claim.case_id == case.id))


def free_where_said(case: Case, element: engine.Element | None) -> None:
    """Gives the claim back when the end event reached, or the action done, says `frees_claim`."""
    if element is not None and element.properties.get("frees_claim") == "true":
        free_claim(case)


def _key(case: Case, element: engine.Element, task: Task, context: dict, answers: dict) -> str:
    """The digest of the claim's text within its procedure; "" when the answers give none yet."""
    forms = {**context["form"], task.form: answers} if task.form else context["form"]
    text = str(evaluate(element.properties["claim"], {**context, "form": forms}) or "").strip()
    return hashlib.sha256(f"{case.procedure}\n{text}".encode()).hexdigest() if text else ""


def _insert(claim: Claim) -> bool:
    try:
        with session().begin_nested():
            session().add(claim)
    except IntegrityError:
        return False
    return True


def _holder(key: str) -> Case | None:
    return session().scalar(sa.select(Case).join(Claim, Claim.case_id == Case.id).where(Claim.key == key))


def _refusal(element: engine.Element, holder: Case | None, actor) -> ClaimTaken:
    """Names the other case to its own starter only: to others its number would be news about somebody."""
    rule = element.properties.get("claim_rule") or _("此项内容只能由一件事项提交。")
    if holder is not None and holder.starter_id == actor.id:
        what = _("您的事项 %(number)s（%(stage)s）已经提交，请继续办理该事项；要改为提交本件，请先撤回或终止该事项。", number=holder.number, stage=holder.stage)
    else:
        what = _("已有以同一证件号码提交的事项。如果是您用另一个账号提交的，请先在那里撤回或终止；不是您本人提交的，请联系受理单位核实。")
    return ClaimTaken(rule=rule, what=what)
