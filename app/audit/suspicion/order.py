"""Checks of order and hands: what the diagram does not allow, what was moved, repaired or done for somebody else, who was in which post."""
from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _

from app import engine
from app.audit.suspicion.course import Course
from app.audit.suspicion.kinds import KINDS, Finding
from app.store.models import Event

ORDINARY = frozenset({"start", "complete", "message", "timer", "answer", "take", "give_back", "hand", "open", "move", "move-undone"})


def finding(code: str, event: Event | None, words: str, *, seq: int = 0, element: str = "", person: str = "") -> Finding:
    """A finding at an event, by whoever acted there."""
    if event is None:
        return Finding(code, KINDS[code].severity, seq, element, words, person)
    return Finding(code, KINDS[code].severity, event.seq, element or event.element, words, person or event.actor_id)


def off_diagram(course: Course) -> Iterator[Finding]:
    """The way recorded is not the one that the diagram gives, or the history cannot be run again at all."""
    found = course.replayed
    if found.difference:
        yield Finding("off-diagram", "serious", found.seq, found.element, _("按流程图重走，结果不同：%(what)s", what=found.difference))
    for event in course.events:
        if event.seq in course.behind and not course.behind[event.seq].same_way:
            yield finding("off-diagram", event, _("“%(step)s”记录下的路，不是流程图在这一步走的路", step=course.name(event)))


def moved(course: Course) -> Iterator[Finding]:
    """Moves between releases, undone ones too; apart where a step at work was let go or put elsewhere."""
    for event in course.events:
        if event.kind == "move-undone":
            yield finding("moved", event, _("撤销了第 %(n)s 个事件的版本迁移", n=event.details.get("of", "?")))
        elif event.kind == "move":
            changed = _put_elsewhere(course, event)
            if changed:
                yield finding("skipped", event, _("迁移时%(what)s", what="；".join(changed)))
            else:
                yield finding("moved", event, _("迁移到别的发布版本，正在办的环节没有变"))


def _put_elsewhere(course: Course, event: Event) -> list[str]:
    """What became of the steps at which the case rested, in words, where they did not stay the same."""
    before = course.behind.get(_moved_before(course, event.seq))
    after = course.behind.get(event.seq)
    if before is None or after is None:
        return []
    mapping, words = event.details.get("mapping", {}), []
    for element in engine.resting(before.process, before.state):
        target = mapping.get(element, element)
        was, now = before.process.elements.get(element), after.process.elements.get(target)
        if not target or now is None:
            words.append(_("“%(step)s”不再办理", step=was.name if was and was.name else element))
        elif target != element and element in after.process.elements:
            words.append(_("“%(was)s”改到“%(now)s”", was=was.name if was else element, now=now.name or target))
    return words


def _moved_before(course: Course, seq: int) -> int:
    return max((each for each in course.behind if each < seq), default=0)


def by_hand(course: Course) -> Iterator[Finding]:
    """Acts that are not part of the ordinary work on a case."""
    for event in course.events:
        if event.kind == "retry":
            yield finding("by-hand", event, _("停下的定时或外部请求由人重新尝试"))
        elif event.kind not in ORDINARY:
            yield finding("by-hand", event, _("平常办理以外的操作（%(kind)s）", kind=event.kind))


def deputies(course: Course) -> Iterator[Finding]:
    """Who acted stood in for somebody else."""
    for event in course.events:
        if event.on_behalf_of:
            yield finding("deputy", event, _("“%(step)s”是代他人办理的", step=course.name(event)))


def same_person(course: Course) -> Iterator[Finding]:
    """The diagram asks for another person than the one of an earlier step (`not`), and it was the same."""
    did: dict[str, set[str]] = {}
    for event in course.done:
        element = course.element(event)
        earlier = [step for step in element.excluded if event.actor_id in did.get(step, ())]
        if earlier:
            names = "、".join(course.past.at(event.seq).elements[step].name or step for step in earlier if step in course.past.at(event.seq).elements)
            yield finding("same-person", event, _("“%(step)s”须由没有办过“%(earlier)s”的人办理，记录里是同一人", step=course.name(event), earlier=names))
        did.setdefault(event.element, set()).add(event.actor_id)


def roles(course: Course) -> Iterator[Finding]:
    """One person in two roles of the same case; the starter at a step that was not given to them in person."""
    held: dict[str, dict[str, str]] = {}
    for event in course.done:
        role, task = course.element(event).role, course.tasks.get(event.task_id)
        mine = held.setdefault(event.actor_id, {})
        if role and role not in mine and mine:
            earlier = next(iter(mine.values()))
            yield finding("two-roles", event, _("同一人先以另一种角色办了“%(earlier)s”，又办了“%(step)s”", earlier=earlier, step=course.name(event)))
        if role:
            mine.setdefault(role, course.name(event))
        if event.actor_id == course.case.starter_id and task is not None and not task.personal and role not in course.past.at(event.seq).starters:
            yield finding("own-case", event, _("发起人办理了自己事项的“%(step)s”", step=course.name(event)))


CHECKS = (off_diagram, moved, by_hand, deputies, same_person, roles)
