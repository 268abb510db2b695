"""The golden sample: some histories of each process and release that every new version must replay before it starts (faults A-13).

It is chosen by a seed that is kept, spread over the lengths of the histories; only what replays equal by the version at
work is taken in, so that a refusal speaks of the new version and not of an old fault.
"""
from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator

import sqlalchemy as sa
import structlog
from flask import Flask

from app.audit.replays.badges import note_results, replayed
from app.audit.replays.models import ReplayCheck, ReplayMember
from app.audit.replays.versions import versions
from app.errors import SampleDiffers
from app.operations.replay import Replayed
from app.store import session, transaction
from app.store.models import Case

TRIES = 3  # cases looked at for one place of the sample, until one replays equal
log = structlog.get_logger()


def ensure_sample_replays(app: Flask) -> None:
    """What `run`, the worker and the web process do first. Raises SampleDiffers; does nothing before the tables are there."""
    with app.app_context():
        if sa.inspect(session().get_bind()).has_table(ReplayCheck.__tablename__):
            check_sample(app.extensions["clock"], size=int(app.config["GOLDEN_CASES"]), override=str(app.config["START_ANYWAY"]))
        session().remove()


def check_sample(clock, *, size: int, override: str = "", again: bool = False) -> ReplayCheck:
    """Replays the sample if another version than this one replayed it last (or `again`), and keeps what came of it.

    Raises SampleDiffers naming the first difference, unless somebody gave words for starting all the same.
    """
    last = last_accepted()
    if last is not None and (last.engine, last.service) == _present() and not again:
        return last
    if last is None:
        refresh_sample(clock, size=size)  # nothing to compare with yet: what replays now is the measure from now on
    found = list(_replayed_members())
    bad = next((one for one in found if one.state == "different"), None)
    check = _note(found, bad, override, clock)
    if bad and not override:
        raise SampleDiffers(number=bad.number, seq=bad.seq, difference=bad.difference, engine=check.engine, service=check.service)
    if bad:
        log.warning("started-though-the-sample-differs", reason=override, number=bad.number, seq=bad.seq, difference=bad.difference)
    return check


def last_accepted() -> ReplayCheck | None:
    """The last replay of the sample after which the service started: equal, or started all the same with a reason."""
    return session().scalar(sa.select(ReplayCheck).where(ReplayCheck.state != "refused").order_by(ReplayCheck.id.desc()).limit(1))


def last_checks(most: int = 10) -> list[ReplayCheck]:
    """The latest replays of the sample, newest first."""
    return list(session().scalars(sa.select(ReplayCheck).order_by(ReplayCheck.id.desc()).limit(most)))


def refresh_sample(clock, *, size: int, seed: str = "") -> int:
    """Chooses the sample anew; returns how many cases it has. Nothing is changed while the last replay of the sample was refused."""
    last = next(iter(last_checks(1)), None)
    if last is not None and last.state == "refused":
        return session().scalar(sa.select(sa.func.count()).select_from(ReplayMember))
    seed = seed or secrets.token_hex(8)
    rows = [{"case_id": case_id, "process_id": process_id, "release": release, "events": one.events, "seed": seed, "chosen_at": clock()}
            for process_id, release, total in _kinds() for case_id, one in _picked(process_id, release, total, size, seed)]
    with transaction() as store:
        store.execute(sa.delete(ReplayMember))
        if rows:
            store.execute(sa.insert(ReplayMember), rows)
    return len(rows)


def _kinds() -> list[tuple[str, str, int]]:
    query = sa.select(Case.process_id, Case.release, sa.func.count()).where(Case.events > 0).group_by(Case.process_id, Case.release)
    return [tuple(row) for row in session().execute(query.order_by(Case.process_id, Case.release))]


def _picked(process_id: str, release: str, total: int, size: int, seed: str) -> Iterator[tuple[int, Replayed]]:
    """One case of each of `size` equal parts of all cases, the shortest history first; the first of a few that replays equal."""
    parts, taken = min(size, total), set()
    for part in range(parts):
        first, behind = part * total // parts, (part + 1) * total // parts
        for turn in range(min(TRIES, behind - first)):
            place = first + (_number(f"{seed}|{process_id}|{release}|{part}") + turn) % (behind - first)
            case_id = session().scalar(_by_length(process_id, release).offset(place).limit(1))
            found = replayed([case_id]) if case_id not in taken else []
            if found and found[0][1].state == "equal":
                taken.add(case_id)
                yield found[0]
                break


def _by_length(process_id: str, release: str):
    return sa.select(Case.id).where(Case.events > 0, Case.process_id == process_id, Case.release == release).order_by(Case.events, Case.id)


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _replayed_members() -> Iterator[Replayed]:
    """Each member again, its badge kept. A case that is gone is none any more."""
    for case_id in session().scalars(sa.select(ReplayMember.case_id).order_by(ReplayMember.case_id)).all():
        yield from (one for _case_id, one in replayed([case_id]))


def _note(found: list[Replayed], bad: Replayed | None, override: str, clock) -> ReplayCheck:
    engine, service = _present()
    words = f"{bad.number} 第 {bad.seq} 个事件：{bad.difference}" if bad else ""
    with transaction() as store:
        check = ReplayCheck(at=clock(), engine=engine, service=service, cases=len(found), events=sum(one.events for one in found),
                            state="good" if bad is None else "overridden" if override else "refused", words=words[:1000], reason=override[:300] if bad else "")
        store.add(check)
    session().refresh(check)
    session().expunge(check)
    return check


def _present() -> tuple[str, str]:
    return versions().engine, versions().service
