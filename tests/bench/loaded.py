"""Rows under load: completions a second against the floor and the naive app, latency, and the disk a case takes."""
from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from app.clock import system_clock
from app.extensions import db
from app.operations import outbox
from app.store import session
from tests.bench import load, work
from tests.bench.results import Row, median
from tests.bench.servers import Three, three
from tests.support.databases import Databases

CLIENTS = 8
STORED = 1600  # bytes of row content a completion writes (see `_stored`); what the floor commits
NAMES = {"sqlite": "SQLite, 1×8 threads", "postgresql": "PostgreSQL, 2×4 threads"}


def rows(kind: str, databases: Databases, folder: Path, rounds: int, cases: int) -> list[Row]:
    """All rows of one database; `cases` a client and round."""
    beside = folder / "beside"
    beside.mkdir()
    with databases.fresh(kind, folder) as url, databases.fresh(kind, beside) as other:
        with three(kind, folder, url, other, STORED) as servers:
            return _rates(kind, servers, rounds, cases) + _latency(kind, servers) + _disk(kind, servers, cases)


def _rates(kind: str, servers: Three, rounds: int, cases: int) -> list[Row]:
    for server in (servers.service, servers.naive):  # warm: caches, plans, pools
        load.complete_cases(server, load.start_cases(server, CLIENTS), CLIENTS)
    seen = [_round(servers, cases) for _ in range(rounds)]
    ours, floor, naive = (median(each) for each in zip(*seen))
    to_floor, to_naive = median(o / f for o, f, _ in seen), median(o / n for o, _, n in seen)
    topic = f"completions/s, {CLIENTS} clients, {NAMES[kind]}"
    return [
        Row(f"{topic}: the service", f"{ours:.0f}/s"), Row("— the floor beside it", f"{floor:.0f}/s"),
        Row("— naive SpiffWorkflow beside it", f"{naive:.0f}/s"),
        Row("— service to floor", f"{to_floor:.0%}", "≥ 40 %", to_floor >= 0.4),
        Row("— service to naive", f"{to_naive:.1f} ×", "≥ 3 ×", to_naive >= 3),
    ]


def _round(servers: Three, cases: int) -> tuple[float, float, float]:
    started = load.start_cases(servers.service, CLIENTS * cases)
    ours = load.complete_cases(servers.service, started, CLIENTS).rate
    floor = load.repeat(servers.floor, CLIENTS * cases * work.COMPLETIONS * 2, CLIENTS).rate
    naive = load.complete_cases(servers.naive, load.start_cases(servers.naive, CLIENTS), CLIENTS).rate
    return ours, floor, naive


def _latency(kind: str, servers: Three) -> list[Row]:
    found = []
    for name, server in (("the service", servers.service), ("naive", servers.naive)):
        seen = load.complete_cases(server, load.start_cases(server, 6), 1)
        found.append((name, seen.percentile(0.5), seen.percentile(0.95)))
    seen = load.repeat(servers.floor, 400, 1)
    found.append(("floor", seen.percentile(0.5), seen.percentile(0.95)))
    said = "; ".join(f"{name} {p50:.1f} / {p95:.1f} ms" for name, p50, p95 in found)
    return [Row(f"p50 / p95 with 1 client, {NAMES[kind]}", said)]


def _disk(kind: str, servers: Three, cases: int) -> list[Row]:
    """Bytes a finished case leaves behind. Room of dead rows does not count: it is used again and stays the same."""
    with servers.app.app_context():
        before = _settled_size()
        count = CLIENTS * cases
        load.complete_cases(servers.service, load.start_cases(servers.service, count), CLIENTS)
        each = (_settled_size() - before) / count / 1000
        stored, said = _stored(), f"{each:.1f} KB"
        session().remove()
    return [Row(f"disk per finished case, answers and events included, {NAMES[kind].partition(',')[0]}", said, "≤ 25 KB", each <= 25),
            Row("— row content written per completion", f"{stored:.0f} bytes (the floor commits {STORED})")]


def _settled_size() -> int:
    """Bytes of the database after the outbox was sent and the dead rows were swept."""
    while outbox.drain_outbox(system_clock):
        pass
    session().rollback()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            pages, free, size = (connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM FULL ANALYZE")
        return connection.exec_driver_sql(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace").scalar()


def _stored() -> float:
    """Bytes of answers, events and snapshots that one completion writes on average."""
    answers, events, states = (session().scalar(sa.text(text)) for text in (
        "SELECT sum(length(data) + 150) FROM answers", "SELECT sum(length(details) + 450) FROM event", "SELECT avg(length(state)) FROM snapshot"))
    completions = session().scalar(sa.text("SELECT count(*) FROM event WHERE kind = 'complete'"))
    return float(answers + events) / completions + float(states)
