"""What was read out of a file, kept by the file's content: while somebody edits one file the others are not read again.

Only `app/definitions` imports this. What is kept is shared between threads and must not be changed by whoever gets it.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from .diagrams import Diagram, read_diagram
from .scenario import load_scenario, sample_path
from .scenario_parts import Scenario


@lru_cache(maxsize=64)      # a parsed diagram weighs ten times its file
def diagram(content: bytes, path: str) -> Diagram:
    """Raises DefinitionError."""
    return read_diagram(content, path)


@lru_cache(maxsize=2048)
def read(load: Callable, content: bytes, path: str):
    """What `load(content, path)` gives; `load` is a function of a module, not one made for the occasion."""
    return load(content, path)


@lru_cache(maxsize=512)
def _scenario(content: bytes, path: str) -> list[tuple[Scenario, dict[str, bytes | None]]]:
    return []       # filled by `scenario`: one entry per set of samples it was read with


def scenario(content: bytes, path: str, files: Mapping[str, bytes]) -> Scenario:
    """A scenario with its samples, read again only when it or one of the samples that it reads has changed."""
    known = _scenario(content, path)
    for found, samples in known:
        if all(files.get(name) == sample for name, sample in samples.items()):
            return found
    samples: dict[str, bytes | None] = {}

    def sample_of(name: str) -> bytes:
        where = sample_path(path, name)
        samples[where] = files.get(where)
        return files[where]

    found = load_scenario(content, path, sample_of)
    known[:] = [(found, samples), *known[:2]]
    return found

