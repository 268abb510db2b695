"""Starting a case."""
from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app import engine
from app.errors import RequestInvalid
from app.operations import releases
from app.operations.answers import checked
from app.operations.bars import ensure_not_barred
from app.operations.commands import Entry, move
from app.operations.contexts import SHANGHAI, actor_facts, instant
from app.people import party_of
from app.store import session, transaction
from app.store.models import Case, Process, Sequence


def start_case(process_id: str, *, actor, clock, answers: dict | None = None, parties: dict[str, str] | None = None) -> Case:
    """Starts a case of the process in its current release and runs it to its first tasks.

    `answers` fill the start event's form, `parties` name people and organisations (`{"name": reference}`).
    Raises NotFound, MayNotStart, AnswersInvalid.
    """
    with transaction():
        row = releases.current_process(process_id)
        releases.ensure_can_start(row, actor)
        process = releases.parsed(row)
        now = clock()
        case = _new_case(row, process, actor, now)
        given = {name: _party(name, reference) for name, reference in (parties or {}).items()}
        clean, named = _start_answers(case, process, answers or {}, actor, clock)
        ensure_not_barred(case, process.start, start_context(case.process_id, actor, clock), clean, actor)
        entry = Entry("start", actor, now, answers=clean, parties=given | named)
        move(case, entry, lambda process, _state, facts: engine.start(process, facts))
        return case


def _new_case(row: Process, process: engine.Process, actor, now) -> Case:
    case = Case(
        number=_next_number(process.case_prefix or "000", now), process_id=row.id, procedure=row.procedure,
        release=row.release, title=process.name, starter_id=actor.id, starter_name=actor.name, tab="draft",
        latest={}, parties={}, version=0, events=0, head="", started_at=now, changed_at=now,
    )
    session().add(case)
    session().flush()
    return case


def _party(name: str, reference: str) -> dict:
    # A person named here could be given tasks by the diagram: people come from forms and scripts alone.
    party = party_of(reference) if reference.startswith("org:") else None
    if party is None:
        raise RequestInvalid(why=f"{name}：没有 {reference}")
    return party


def _next_number(prefix: str, now) -> str:
    """19 digits: prefix, day in Shanghai, 8-digit sequence (S1-143)."""
    sequence = _locked_sequence() or _first_sequence()
    sequence.value += 1
    return f"{prefix}{now.astimezone(SHANGHAI):%Y%m%d}{sequence.value:08d}"


def _locked_sequence() -> Sequence | None:
    return session().scalar(sa.select(Sequence).where(Sequence.name == "case").with_for_update())


def _first_sequence() -> Sequence:
    try:
        with session().begin_nested():
            session().add(Sequence(name="case", value=0))
    except IntegrityError:  # another case was the first at the same moment
        pass
    return _locked_sequence()


def start_context(process_id: str, actor, clock) -> dict:
    """The vocabulary of a start form: there is no case yet."""
    now = clock()
    starter = {"ref": actor.ref, "name": actor.name, "kind": "person"}
    return {
        "form": {}, "case": {"process": process_id, "starter": starter, "parties": {}}, "task": {},
        "actor": actor_facts(actor), "vars": {}, "now": instant(now), "today": instant(now)[:10],
    }


def _start_answers(case: Case, process: engine.Process, answers: dict, actor, clock) -> tuple[dict, dict]:
    if not process.start_form:
        return {}, {}
    form = releases.procedure_of(case.release).forms[process.start_form]
    context = start_context(case.process_id, actor, clock)
    found = checked(form, answers, context, case, actor)
    return {process.start_form: found.answers}, found.parties
