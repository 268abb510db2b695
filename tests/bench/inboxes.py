"""Rows on a database with a million tasks, 100,000 of them open: the statements of the reading functions, run bare."""
from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa

from app.extensions import db
from app.operations.reading import count_tabs, count_waiting, inbox, my_cases, work_lists
from app.people import Actor
from app.store import session
from tests.bench.results import Row, median
from tests.bench.servers import prepared

PEOPLE, POOLS = 2000, 50
RUNS = 40
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
# Every tenth task is open; of the open ones every third is held by a person, the rest lies in one of the pools.
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) ",
    "postgresql": "WITH numbers AS (SELECT n FROM generate_series(1, {count}) AS n) ",
}
_INSTANT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', 1767225600 + n * 7, 'unixepoch')", "postgresql": "to_timestamp(1767225600 + n * 7)",
}
_CASES = """INSERT INTO case_ (id, number, process_id, procedure, release, title, summary, starter_id, starter_name, tab, stage, handler,
 result, tone, ended_element, latest, parties, version, events, head, started_at, changed_at)
{numbers} SELECT n + 1000, '9' || (n + 1000), 'bench', 'bench', :release, '量测', '一行摘要', 'p' || (n % {people}), '人员', CASE WHEN n % 5 = 0 THEN 'todo' WHEN n % 5 = 1 THEN 'doing' ELSE 'done' END,
 '审核', '经办人', '', '', '', '{{}}', '{{}}', 1, 1, '', {instant}, {instant} FROM numbers"""
_TASKS = """INSERT INTO task (id, case_id, element, name, form, stage, state, pool, assignee, personal, excluded, due, created_at, closed_by, closed_by_name, outcome)
{numbers} SELECT 't' || n, n % {cases} + 1001, 'step' || (n % 13), '审核', 'short', '审核', CASE WHEN n % 10 = 0 THEN 'open' ELSE 'done' END,
 CASE WHEN n % 3 = 0 THEN '' ELSE 'officer@org:o' || (n / 10 % {pools}) END, CASE WHEN n % 3 = 0 THEN 'p' || (n / 10 % {people}) ELSE '' END,
 {no}, '[]', '', {instant}, '', '', '' FROM numbers"""


def rows(kind: str, folder: Path, url: str, tasks: int) -> list[Row]:
    app = prepared(folder, url)
    with app.app_context():
        _fill(kind, tasks)
        actor = Actor("p30", "person:p30", "人员", frozenset({("officer", f"o{n}") for n in (1, 2, 3)}),
                      frozenset({"officer@", "officer@org:o1", "officer@org:o2", "officer@org:o3"}))
        found = _measured(kind, actor, tasks)
        session().remove()
        db.engine.dispose()
    return found


def _measured(kind: str, actor: Actor, tasks: int) -> list[Row]:
    at = f"{tasks // 1000:,}k tasks, {NAMES[kind]}"
    page, count = _database_ms(lambda: inbox(actor)), _database_ms(lambda: count_waiting(actor))
    first = inbox(actor)
    further = _database_ms(lambda: inbox(actor, cursor=first.cursor))
    lists, mine, tabs = (_database_ms(f) for f in (lambda: work_lists(actor), lambda: my_cases(actor), lambda: count_tabs(actor)))
    return [
        Row(f"inbox page, {at}", f"{page:.2f} ms; second page {further:.2f} ms", "≤ 1 ms", max(page, further) <= 1),
        Row(f"inbox count (up to 1,000 a pool), {at}", f"{count:.2f} ms", "≤ 1 ms", count <= 1),
        Row(f"— work lists by step / own cases, a page / their tabs, {at}", f"{lists:.1f} / {mine:.2f} / {tabs:.2f} ms"),
    ]


def _database_ms(reading) -> float:
    """Milliseconds of the statements that `reading` runs, with fetching and without SQLAlchemy."""
    said: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        said.append((statement, parameters))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    reading()
    sa.event.remove(db.engine, "before_cursor_execute", note)
    statements = [each for each in said if each[0].lstrip().upper().startswith("SELECT")]
    cursor = session().connection().connection.driver_connection.cursor()
    return median(_run(cursor, statements) for _ in range(RUNS))


def _run(cursor, statements: list) -> float:
    begun = time.perf_counter()
    for statement, parameters in statements:
        cursor.execute(statement, parameters)
        cursor.fetchall()
    return (time.perf_counter() - begun) * 1000


def _fill(kind: str, tasks: int) -> None:
    release = session().scalar(sa.text("SELECT digest FROM release"))
    session().rollback()
    cases = tasks // 20
    shared = {"people": PEOPLE, "pools": POOLS, "cases": cases, "instant": _INSTANT[kind], "no": "0" if kind == "sqlite" else "false"}
    with db.engine.begin() as connection:
        connection.execute(sa.text(_CASES.format(numbers=_NUMBERS[kind].format(count=cases), **shared)), {"release": release})
        connection.execute(sa.text(_TASKS.format(numbers=_NUMBERS[kind].format(count=tasks), **shared)))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if kind == "sqlite" else "VACUUM ANALYZE")
