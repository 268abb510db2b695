"""Which kinds of jobs there are: each is a function over one item, named where it is written."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from app.people import Actor

_KINDS: dict[str, Callable[[Work], Done]] = {}
_LOOKS: dict[str, Callable[[Work], object]] = {}
# Modules that name kinds; a worker meets jobs of kinds that it has not imported by chance.
MODULES = ("app.operations.bulk", "app.certificates.renumbering", "app.workbench.moves", "app.workbench.whatif_jobs", "app.audit.replays.jobs", "app.audit.packs.jobs", "app.audit.search.books", "app.retention.runs", "app.proof.jobs")


@dataclass(frozen=True)
class Work:
    """One item to be done. `key` names it for good: a system outside that knows such keys does it once.

    `found` is what the kind's `look` gave, where it has one.
    """

    key: str
    item: dict
    parameters: dict
    actor: Actor
    clock: Callable
    found: object = None


@dataclass(frozen=True)
class Done:
    """What came of an item: words for the report, facts for whoever reads them."""

    words: str
    detail: dict = field(default_factory=dict)


def job_kind(name: str, look: Callable[[Work], object] | None = None):
    """Names the function that does one item of this kind of job. It runs inside the item's transaction; a refusal
    (PingshenError) is that item's failure and undoes what it did.

    `look` is for what only reads and takes long: it runs before the transaction, so that no writer waits for it.
    """

    def mark(work: Callable[[Work], Done]):
        _KINDS[name] = work
        if look:
            _LOOKS[name] = look
        return work

    return mark


def kind_of(name: str) -> Callable[[Work], Done]:
    """The function of a kind. Raises LookupError for one that nobody named."""
    if name not in _KINDS:
        for module in MODULES:
            import_module(module)
    return _KINDS[name]


def look_of(name: str) -> Callable[[Work], object] | None:
    """What a kind looks at before an item's transaction; None for kinds that do all in it."""
    kind_of(name)
    return _LOOKS.get(name)
