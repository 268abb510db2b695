"""Verification of everything: the chain of each case, answers, the heads outside, on request the files too. Reads only.

Finds the eight kinds of tampering of the faults' table G and names the first bad event. The work is cut into parts that
can be done by several processes, or one by one as the items of a job.
"""
from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.extensions import db
from app.materials import blobs
from app.materials.sweep import named_blobs
from app.proof.chains import faults_in
from app.proof.faults import Fault
from app.proof.models import Verification
from app.proof.outside import faults_outside, heads_count
from app.store import session, transaction
from app.store.models import Case, Event

PART = 5_000  # events of one part, about half a second
KEPT = 100  # faults that are kept of one verification
TRIES = 3  # looks at a case that was being worked on


@dataclass
class Found:
    """What a verification went through and what it found."""

    cases: int = 0
    events: int = 0
    heads: int = 0
    files: int = 0
    seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)

    def as_dict(self) -> dict:
        """As `pingshen verify --json` prints it."""
        return {"intact": not self.faults, **asdict(self), "faults": [asdict(fault) for fault in self.faults]}


def verify_events() -> list[Fault]:
    """Every fault of the chains, first the first bad event of each case, then what the heads outside miss."""
    return verify_all().faults


def verify_all(*, processes: int = 1, also: Sequence[Path] = (), files: bool = False, all_stamps: bool = False) -> Found:
    """Verifies everything, in this process or in several. `also`: copies of the journal fetched from elsewhere."""
    began, found = time.monotonic(), counts()
    ranges = list(parts())
    with _workers(processes) as run:
        outside, *chains = run(_done, [partial(_outside, also, all_stamps), *(partial(verify_part, low, high) for low, high in ranges)])
    found.faults = [fault for faults in chains for fault in faults] + outside
    if files:
        found.files, bad = verify_files()
        found.faults += bad
    found.seconds = round(time.monotonic() - began, 1)
    session().rollback()
    return found


def verify_part(low: int, high: int) -> list[Fault]:
    """The faults of the cases with these ids. A case that looks bad is looked at again: somebody may be working on it."""
    faults = list(faults_in(low, high))
    for _try in range(1, TRIES):
        if not faults:
            break
        session().rollback()
        numbers = {fault.case for fault in faults}
        again = set(session().scalars(sa.select(Case.id).where(Case.number.in_(numbers))).all()) if numbers != {""} else set()
        faults = [fault for fault in faults if not fault.case] + [fault for case_id in sorted(again) for fault in faults_in(case_id, case_id)]
    session().rollback()
    return faults


def parts() -> Iterator[tuple[int, int]]:
    """Ranges of case ids with about PART events each; together they hold every case and every event."""
    low, events = 0, 0
    rows = session().execute(sa.select(Case.id, Case.events).order_by(Case.id).execution_options(yield_per=5000))
    for case_id, count in rows:
        events += count
        if events >= PART:
            yield low, case_id
            low, events = case_id + 1, 0
    yield low, 2**62


def counts() -> Found:
    """How much there is to go through."""
    cases = session().scalar(sa.select(sa.func.count()).select_from(Case))
    events = session().scalar(sa.select(sa.func.count()).select_from(Event))
    return Found(cases=cases, events=events, heads=heads_count())


def verify_files() -> tuple[int, list[Fault]]:
    """(how many, the faults): every file that a row names against its digest, unless it was erased."""
    count, faults = 0, []
    for digest in session().scalars(named_blobs().execution_options(yield_per=500)):
        count += 1
        try:
            blobs.read_blob(digest)
        except blobs.BlobDamaged:
            faults.append(Fault("", 0, 0, "file", f"the file with SHA-256 {digest} is missing or altered"))
    return count, faults


def keep(found: Found, began, clock, person_id: str = "") -> Verification:
    """Keeps what a verification found for the page of proof."""
    with transaction() as store:
        row = Verification(began_at=began, ended_at=clock(), person_id=person_id, cases=found.cases, events=found.events, heads=found.heads,
                           count=len(found.faults), faults=[asdict(fault) for fault in found.faults[:KEPT]])
        store.add(row)
        return row


def _outside(also: Sequence[Path], all_stamps: bool) -> list[Fault]:
    return list(faults_outside(also, all_stamps))


def _done(work: partial) -> list[Fault]:
    return work()


class _workers:
    """`with _workers(n) as run`: run(function, items) in n processes that are copies of this one, or here."""

    def __init__(self, processes: int):
        self._pool = None
        if processes > 1:
            session().remove()
            db.engine.dispose()  # copies of this process must not share a connection
            self._pool = ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _enter, (current_app._get_current_object(),))

    def __enter__(self):
        return self._pool.map if self._pool else map

    def __exit__(self, *_error) -> None:
        if self._pool:
            self._pool.shutdown()


def _enter(app) -> None:
    app.app_context().push()
    db.engine.dispose(close=False)
