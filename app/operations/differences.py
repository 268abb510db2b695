"""What differs between a state as it was and as a replay gives it, in words that an auditor reads. Reads only."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import orjson
import sqlalchemy as sa

from app import engine
from app.proof.chain import answers_digest_of
from app.proof.digests import hash_of
from app.store import session
from app.store.models import Answers, Case, Event

MOST = 3  # differences that are told; more are counted
LONGEST = 60  # characters of a value
_MISSING = object()


def said_of_trails(process: engine.Process, then: Sequence, now: Sequence) -> str:
    """Where the way walked begins to be another one; "" when it is the same. `then`: [[kind, id], …] as the event has it."""
    was, is_now = [tuple(step) for step in then], [tuple(step) for step in now]
    if was == is_now:
        return ""
    place = next((n for n, pair in enumerate(zip(was, is_now)) if pair[0] != pair[1]), min(len(was), len(is_now)))
    return f"走过的路不同：当时{_walked(process, was[place:])}，重放时{_walked(process, is_now[place:])}"


def said_of_answers(case: Case, event: Event) -> str:
    """Which answers of this event are not what was submitted then; "" when all are."""
    rows = session().scalars(sa.select(Answers).where(Answers.case_id == case.id, Answers.seq == event.seq).order_by(Answers.id)).all()
    changed = [f"表单“{row.form}”第 {row.revision} 次填报" for row in rows if answers_digest_of(row) != row.digest]
    if changed:
        return "、".join(changed) + "的内容与当时的摘要不符"
    said = hash_of([[row.form, row.revision, row.digest] for row in rows], event.scheme or "sha256") if rows else ""
    return "填报内容与事件记下的不符（多了、少了或换过）" if said != event.answers_digest else ""


def said_of_states(process: engine.Process, was: bytes, now: bytes | None, where: str) -> str:
    """What differs between a stored state and the one that a replay came to: variables, parties, counts, tokens, timers."""
    then, replayed = engine.look(process, was), engine.look(process, now)
    found = [
        *_values("变量", then.variables, replayed.variables), *_values("当事方", then.parties, replayed.parties),
        *_values("经过次数", _by_name(process, then.visits), _by_name(process, replayed.visits)), *_tokens(process, then, replayed),
        *_values("到期时间", _due(process, then), _due(process, replayed)),
    ]
    if then.ended != replayed.ended:
        found.append(f"结果为{_shown(then.ended and then.ended.result)}，重放为{_shown(replayed.ended and replayed.ended.result)}")
    more = f"；另有 {len(found) - MOST} 处" if len(found) > MOST else ""
    return f"{where}里，" + "；".join(found[:MOST]) + more if found else ""


def _values(what: str, was: Mapping, now: Mapping) -> Iterable[str]:
    for name in sorted({*was, *now}):
        before, after = was.get(name, _MISSING), now.get(name, _MISSING)
        if before != after:
            yield f"{what}“{name}”为{_shown(before)}，重放为{_shown(after)}"


def _tokens(process: engine.Process, was: engine.Step, now: engine.Step) -> Iterable[str]:
    for what, at in (("正在办理的环节", lambda step: step.open_tasks), ("等待的消息", lambda step: step.subscriptions)):
        before, after = (sorted(_named(process, one.element) for one in at(step)) for step in (was, now))
        if before != after:
            yield f"{what}为{_shown('、'.join(before))}，重放为{_shown('、'.join(after))}"


def _due(process: engine.Process, step: engine.Step) -> dict[str, str]:
    return {_named(process, timer.element): timer.due.isoformat(timespec="seconds") for timer in step.timers}


def _by_name(process: engine.Process, visits: Mapping[str, int]) -> dict[str, int]:
    return {_named(process, element): count for element, count in visits.items()}


def _walked(process: engine.Process, steps: Sequence[tuple[str, str]]) -> str:
    if not steps:
        return "到此为止"
    kind, place = steps[0]
    if kind == "flow":
        flow = process.flows.get(place)
        return f"走“{flow.name or place}”到“{_named(process, flow.target)}”" if flow else f"走“{place}”"
    return {"enter": "进入", "leave": "离开", "cancel": "取消"}.get(kind, kind) + f"“{_named(process, place)}”"


def _named(process: engine.Process, element: str) -> str:
    return (process.elements[element].name if element in process.elements else "") or element


def _shown(value) -> str:
    if value is _MISSING or value in (None, ""):
        return "（没有）"
    text = value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str).decode()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
