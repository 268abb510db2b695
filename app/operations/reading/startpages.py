"""What is needed before a case exists: the start form of a process, and what people read before they begin. Writes nothing."""
from __future__ import annotations

from dataclasses import dataclass

from app import people
from app.operations import releases
from app.operations.cases import start_context
from app.operations.contexts import FormActor
from app.registers import entries_in_force

_FILES = ("file", "photo")


@dataclass(frozen=True)
class StartFacts:
    """What stands on the page before a start: (heading, text) of the documentation, the files that will be asked for,
    the stages, links to notices in force (S1-003), and the reader's own details (S0-005)."""

    passages: tuple[tuple[str, str], ...]
    materials: tuple
    stages: tuple[str, ...]
    notices: tuple[tuple[str, str], ...]
    profile: people.Profile | None


def start_form(row, actor, clock):
    """(Form or None, context) of the form asked before a case of this process exists."""
    key = releases.parsed(row).start_form
    form = releases.procedure_of(row.release).forms[key] if key else None
    return form, start_context(row.id, actor, clock) | {"actor": FormActor(actor)}


def start_facts(row, actor, clock) -> StartFacts:
    """What one reads before starting a case of this process."""
    process, procedure = releases.parsed(row), releases.procedure_of(row.release)
    first = next((e for e in process.elements.values() if e.kind == "userTask" and e.form and _theirs(e, process)), None)
    form = procedure.forms.get(first.form) if first else None
    materials = tuple(field for field in form.fields() if field.type in _FILES) if form else ()
    today = start_context(row.id, actor, clock)["today"]
    return StartFacts(_passages(process.documentation), materials, tuple(process.stages), _notices(procedure, form, today), people.profile_of(actor.id))


def _theirs(element, process) -> bool:
    return "*" in process.starters or element.role in process.starters


def _passages(documentation: str) -> tuple[tuple[str, str], ...]:
    """The documentation cut at its `## ` headings; what stands before the first has none."""
    passages: list[list] = [["", []]]
    for line in documentation.splitlines():
        if line.strip().startswith("## "):
            passages.append([line.strip()[3:].strip(), []])
        else:
            passages[-1][1].append(line)
    return tuple((heading, text) for heading, lines in passages if (text := "\n".join(lines).strip()))


def _notices(procedure, form, today: str) -> tuple[tuple[str, str], ...]:
    """(name, address) of the notices in force today, of the registers that the first form chooses from."""
    chosen = {field.register for field in form.fields() if field.type == "entry"} if form else set()
    found: dict[str, str] = {}
    for key, register in procedure.registers.items():
        for entry in entries_in_force(procedure.name, key) if register.announces and key in chosen else ():
            link, first, last = (str(entry.data.get(column) or "") if column else "" for column in
                                 (register.announces, register.announced_from, register.announced_until))
            if link.startswith(("https://", "http://")) and first <= today <= (last or today):
                found.setdefault(link, entry.name)
    return tuple((name, link) for link, name in found.items())
