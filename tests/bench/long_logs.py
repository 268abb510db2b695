"""A long event log, made as the service would have written it, to measure how fast all of it is verified and how much memory that takes.

`python -m tests.bench.long_logs 1000000 /tmp/somewhere` makes it (once) and verifies it. Tests only.
"""
from __future__ import annotations

import resource
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import sqlalchemy as sa

from app import keys
from app.extensions import db
from app.proof.chain import hash_of_event, mac_of
from app.proof.digests import hash_of, new_salt, tree_digest
from app.proof.heads import write_heads
from app.proof.verification import verify_all
from app.store import session, transaction
from app.store.models import Answers, Case, Event
from tests.support import builders

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
LENGTH = 25  # events of a case; every fifth brings answers
DETAILS = {"label": "同意", "reason": "材料齐全，符合条件", "roles": ["office_clerk"], "tab": "doing", "task": {"element": "check", "name": "受理", "item": None},
           "trail": [["leave", "check"], ["flow", "to_decide"], ["enter", "decide"], ["flow", "to_next"], ["enter", "next"]]}
ANSWERS = {"name": "王某某", "works": [{"title": f"论文 {n}", "year": 2020 + n, "journal": "某期刊"} for n in range(3)], "opinion": "同意上报", "score": 88}


def make(folder: Path, events: int):
    """An app over a database with that many events."""
    app = builders.make_app(folder)
    with app.app_context():
        db.create_all()
        if session().scalar(sa.select(sa.func.count()).select_from(Event)) >= events:
            return app
        (release,) = builders.publish()
        key = keys.signing_key("events")
        for first in range(1, events // LENGTH + 1, 200):
            with transaction():
                _write(range(first, min(first + 200, events // LENGTH + 1)), release.digest, key)
        write_heads(builders.clock_of(app), settled=timedelta(0))
    return app


def _write(ids: range, release: str, key: tuple[str, bytes]) -> None:
    cases, events, answers = [], [], []
    for case_id in ids:
        number, head = f"{case_id:019d}", ""
        for seq in range(1, LENGTH + 1):
            given = _answers(case_id, seq) if seq % 5 == 0 else None
            event = SimpleNamespace(
                case_id=case_id, seq=seq, at=builders.MONDAY, kind="complete", element="check", task_id="t" * 36, actor_id="one", actor_name="甲经办", on_behalf_of="",
                outcome="agree", details=DETAILS, answers_digest=hash_of([[given["form"], given["revision"], given["digest"]]]) if given else "", state_digest="0" * 64,
                key_id=key[0], scheme="sha256", salt=new_salt(), kept=None)
            event.hash = hash_of_event(event, number, head)
            event.mac, head = mac_of(event, number, head, key[1]), event.hash
            events.append(vars(event))
            answers += [given] if given else []
        cases.append({"id": case_id, "number": number, "process_id": "p", "procedure": "p", "release": release, "title": "t", "summary": "", "starter_id": "one", "starter_name": "甲",
                      "events": LENGTH, "head": head, "started_at": builders.MONDAY, "changed_at": builders.MONDAY})
    session().execute(sa.insert(Case), cases)
    session().execute(sa.insert(Event), events)
    session().execute(sa.insert(Answers), answers)


def _answers(case_id: int, seq: int) -> dict:
    salt = new_salt()
    return {"case_id": case_id, "form": "declaration", "revision": seq // 5, "seq": seq, "task_id": "", "actor_id": "one", "at": builders.MONDAY, "data": ANSWERS,
            "digest": tree_digest(ANSWERS, salt), "scheme": "sha256", "salt": salt, "kept": None}


def _used() -> float:
    """Seconds of CPU of this process and of those it waited for."""
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, WHO))


if __name__ == "__main__":
    with make(Path(sys.argv[2]), int(sys.argv[1])).app_context():
        for processes in (2, 1) if len(sys.argv) < 4 else (int(sys.argv[3]),):
            before, found = _used(), verify_all(processes=processes)
            after, most = _used(), max(each.ru_maxrss for each in map(resource.getrusage, WHO)) // 1024
            print(f"{found.events} events, {processes} processes: {found.seconds} s, {after - before:.1f} s CPU, {len(found.faults)} faults, at most {most} MB a process", flush=True)
