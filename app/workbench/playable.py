"""A procedure as it is walked and as scenarios run in it: without the scenarios themselves.

A scenario that speaks of a step taken out must not keep the others from running, nor a walk from the step put in its place.
"""
from __future__ import annotations

from pathlib import PurePosixPath

from app.definitions import Bundle, DefinitionError, Procedure, Scenario


def playable(bundle: Bundle) -> Bundle:
    """The bundle without scenario files; their samples stay. Its digest says what a walk depends on."""
    return Bundle({path: content for path, content in bundle.files.items() if not _is_scenario(path)})


def _is_scenario(path: str) -> bool:
    return path.startswith("processes/") and path.endswith(".yml") and PurePosixPath(path).parent.name == "scenarios"


def readable_scenarios(procedure: Procedure) -> list[Scenario]:
    """The scenarios of a procedure that can be read."""
    found = []
    for path in procedure.paths("processes", "scenarios/*.yml"):
        try:
            found.append(procedure.scenario(path))
        except DefinitionError:
            continue
    return found
