"""The course of a case as plain data, one frame per event: what the player draws and packs take along (docs/audit/track.md).

Packs and suspicion may rely on the names of its fields. It holds everything that an auditor may read of the case in short;
whole forms are drawn one by one (`looks.py`).
"""
from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from flask_babel import gettext as _

from app import engine
from app.audit.player.beside import Beside
from app.audit.player.filled import Forms
from app.audit.player.links import Links
from app.audit.player.sentences import labels, sentence, span
from app.audit.player.timers import Clocks
from app.audit.player.walking import Walk
from app.audit.player.whys import whys_of
from app.audit.player.words import ORDINARY, kind_label, person, text_of
from app.erased import shown_name
from app.errors import NotAllowed
from app.operations import releases
from app.operations.blinding import veil_of
from app.operations.contexts import instant
from app.operations.messages import label_of
from app.operations.reading import place_of
from app.people import SYSTEM
from app.store import session
from app.store.models import Case, Event, Release, Task

VERSION = 1


def ensure_may_play(case: Case, actor) -> None:
    """Raises NotAllowed: nobody audits their own case, and nobody from whom its person is kept."""
    if case.starter_id == actor.id or (actor.id != SYSTEM.id and veil_of(case, actor) is not None):
        raise NotAllowed()


def track_of(case: Case, *, actor, clock, language: str = "zh") -> dict:
    """The whole course of a case for this reader; see docs/audit/track.md. Raises NotAllowed."""
    ensure_may_play(case, actor)
    return Track(case, actor, language).as_dict(clock())


def events_of(case: Case) -> dict[int, Event]:
    """number -> event, in order."""
    return {event.seq: event for event in session().scalars(sa.select(Event).where(Event.case_id == case.id).order_by(Event.seq))}


class Track:
    """What frames are made of: the case run again, its events and all that hangs on them."""

    def __init__(self, case: Case, actor, language: str):
        self.case, self.events, self.walk = case, events_of(case), Walk(case)
        self.forms = Forms(self.walk, self.events, actor, language)
        self.beside, self.links, self.clocks = Beside(self.walk, self.events), Links(self.walk, self.events), Clocks(self.walk, self.events)
        self._tasks = {task.id: task for task in session().scalars(sa.select(Task).where(Task.case_id == case.id))}
        self._since: dict[str, object] = {}    # element -> when it was entered last
        self._entered: Counter = Counter()     # element -> times so far
        self._inside: Counter = Counter()      # element -> tokens, as the trail has them

    def as_dict(self, now) -> dict:
        frames = [self._frame(event) for event in self.events.values()]
        for frame in frames:
            frame["words"] = sentence(frame, len(frames), self._namer(frame["seq"]))
        difference = self.walk.difference
        return {
            "version": VERSION, "case": self._head(now), "releases": self._releases(), "frames": frames, "visits": dict(self._entered), "labels": labels(),
            "replay": {"equal": difference is None, "seq": difference[0] if difference else 0, "words": difference[1] if difference else ""}}

    def _head(self, now) -> dict:
        case = self.case
        return {"id": case.id, "number": case.number, "title": case.title, "summary": case.summary, "process_id": case.process_id, "procedure": case.procedure,
                "release": case.release, "starter": case.starter_name, "started_at": instant(case.started_at), "ended_at": instant(case.ended_at) if case.ended_at else "",
                "result": case.result, "tone": case.tone, "stage": case.stage, "handler": case.handler, "events": case.events, "at": instant(now)}

    def _namer(self, seq: int):
        elements = self.walk.past.at(seq + 1).elements
        return lambda element: _name(elements.get(element), element)

    def _releases(self) -> list[dict]:
        """The releases that the case came through, in order, with the diagrams of everything that it may call."""
        digests = dict.fromkeys(self.walk.past.digest_at(seq) for seq in (*self.events, len(self.events) + 1))
        known = {row.digest: row for row in session().scalars(sa.select(Release).where(Release.digest.in_(list(digests))))}
        return [{"digest": digest, "number": known[digest].number, "note": known[digest].note, "published_at": instant(known[digest].published_at),
                 "diagrams": self._diagrams(digest), "elements": self._elements(digest)} for digest in digests]

    def _diagrams(self, digest: str) -> list[dict]:
        process = releases.process_in(digest, self.case.process_id)
        ids = dict.fromkeys([process.id, *process.called.values()])
        called_at = {called: element for element, called in process.called.items()}
        return [{"process_id": each, "name": releases.process_in(digest, each).name, "address": f"diagrams/{digest[:16]}/{each}.bpmn",
                 "called_by": process.elements[called_at[each]].process if each in called_at else "", "called_at": called_at.get(each, "")} for each in ids]

    def _elements(self, digest: str) -> dict[str, dict]:
        elements = releases.process_in(digest, self.case.process_id).elements
        return {key: {"name": _name(element, key), "process_id": element.process, "kind": element.kind} for key, element in elements.items()}

    # -- one frame

    def _frame(self, event: Event) -> dict:
        process, then = self.walk.past.at(event.seq), self.walk.past.at(event.seq + 1)
        trail = self._trail(event)
        waited = self._waited(event, process)
        tokens = self._tokens(event, then, trail)
        element = event.element or (process.start.id if event.kind == "start" else "")
        known = then.elements.get(element) or process.elements.get(element)
        shown = then.elements.get(tokens[0]) if tokens and known is None else known
        revisions = self.forms.at(event.seq)
        return {
            "seq": event.seq, "at": instant(event.at), "kind": event.kind, "kind_label": kind_label(event.kind, event.actor_id), "element": element,
            "element_name": _name(known, element), "process_id": shown.process if shown else self.case.process_id,
            "release": self.walk.past.digest_at(event.seq + 1), **self._who(event), "waited_seconds": waited, "waited": span(waited), "task_id": event.task_id,
            "outcome": event.outcome, "outcome_label": self._outcome(event, known), "reason": text_of(event.details.get("reason")), "tokens": tokens, **trail,
            "why": whys_of(self.walk, event, trail["flows"]),
            "forms": [{"key": one.row.form, "title": self.forms.title(one), "answers_id": one.row.id, "revision": one.row.revision,
                       "before_id": one.before.id if one.before else None, "digest": one.row.digest} for one in revisions],
            "changes": [change for one in revisions for change in self.forms.changes(one)],
            "materials": [material for one in revisions for material in self.forms.materials(one)],
            "marks": self._marks(event), "reports": self.beside.printings.get(event.seq, []),
            "messages": [*_word(event, self.case, known), *self.beside.notices.get(event.seq, [])], "timers": self.clocks.of(event),
            "payments": self.beside.payments.get(event.seq, []), "links": self.links.of(event), "administrative": event.kind not in ORDINARY,
            "ballots": self.beside.ballots.get(event.seq) or None, "loops": {each: times for each, times in self._entered.items() if times > 1}}

    def _who(self, event: Event) -> dict:
        details = event.details
        handed = text_of(details.get("to_name")) if event.kind == "hand" else ""
        return {"who": _("系统") if event.actor_id == SYSTEM.id else shown_name(event.actor_name), "who_id": event.actor_id,
                "who_for": person(event.on_behalf_of), "handed_to": handed, "roles": list(details.get("roles") or ()) if event.actor_id != SYSTEM.id else []}

    def _outcome(self, event: Event, element: engine.Element | None) -> str:
        if event.kind == "message" and element is not None:
            return label_of(element)
        decision = next((one for one in element.decisions if one.outcome == event.outcome), None) if element else None
        return text_of(event.details.get("label")) or (decision.label if decision else "") or event.outcome

    def _trail(self, event: Event) -> dict:
        """What the event walked; counts it."""
        walked = [(kind, place) for kind, place in event.details.get("trail") or ()]
        for kind, place in walked:
            if kind == "enter":
                self._entered[place] += 1
                self._since[place] = event.at
            if kind != "flow":
                self._inside[place] += 1 if kind == "enter" else -1
        return {name: [place for kind, place in walked if kind == wanted] for name, wanted in
                (("flows", "flow"), ("entered", "enter"), ("left", "leave"), ("cancelled", "cancel"))}

    def _tokens(self, event: Event, process: engine.Process, trail: dict) -> list[str]:
        """Where tokens rest behind the event: as the engine says, else as far as the trail tells."""
        stand = self.walk.stands.get(event.seq)
        if stand is not None:
            return list(stand.tokens)
        return [place for place, times in self._inside.items() if times > 0 and place in process.elements and not process.elements[place].attached_to]

    def _waited(self, event: Event, process: engine.Process) -> int | None:
        """Seconds since the task opened that the event is about, else since its element was entered; None where neither is known."""
        task = self._tasks.get(event.task_id)
        element = process.elements.get(event.element)
        began = task.created_at if task else self._since.get(element.attached_to or element.id) if element else None
        return int((event.at - began).total_seconds()) if began else None

    def _marks(self, event: Event) -> list[dict]:
        """Remarks that were sent with a return: `{form, place, remark}`."""
        forms = releases.procedure_of(self.walk.past.digest_at(event.seq)).forms
        return [{"form": mark["form"], "place": _place(forms, mark), "remark": text_of(mark["remark"])} for mark in event.details.get("marks") or ()]


def _name(element: engine.Element | None, key: str) -> str:
    """What people call an element; its id where nobody gave it a name."""
    return (element.name or label_of(element) or key) if element else key


def _place(forms, mark: dict) -> str:
    return place_of(forms[mark["form"]], mark["section"], mark["field"], mark["row"]) if mark["form"] in forms else mark["form"]


def _word(event: Event, case: Case, element: engine.Element | None) -> list[dict]:
    """The message that an event is: `{what: received, name, label, from, payload}`."""
    if event.kind != "message":
        return []
    payload = event.details.get("payload")
    sender = payload.get("from", "") if isinstance(payload, dict) else ""
    return [{"what": "received", "name": event.outcome, "label": label_of(element) if element else event.outcome, "from": sender, "payload": payload}]
