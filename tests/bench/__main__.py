"""`python -m tests.bench [--full] [names…]`: measures, prints the table, writes docs/benchmarks.md when all was measured."""
from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.bench import backups, cases, inboxes, loaded, papers, replays
from tests.bench.results import PAGE, Row, machine, page, table
from tests.support.databases import Databases, postgres_server

NOTES = [
    "Figures of the clock belong to this machine and to what else ran on it at that time. Ratios hold: what is compared ran "
    "in alternation, in the same minute, on the same databases.",
    "The work: 13 steps, 21 completions and 30 KB of answers a case; seven reviews with gateways, a timer and a withdrawal each, "
    "a parallel part, a request to a connector, nine experts. The same diagram in both dialects.",
    "The service is `app.wsgi` under gunicorn with a browser's session and CSRF token, access rules, rate limit, request log, "
    "metrics, form check, event with HMAC, outbox with the doorbell. The worker does not run meanwhile; the rate limit is raised.",
    "The floor is bare Flask that reads the same requests and commits as many bytes durably. The naive app is SpiffWorkflow as its "
    "documentation shows it: the whole workflow and its specification as JSON in one row; no people, no rights, no forms, no log.",
    "Disk is what a batch of finished cases added with its indexes, compacted before and after: room of dead rows is used again.",
    "Rows in ms CPU, the forms and the report count CPU time, so that neighbours on the machine do not. A load average near or "
    "above the number of cores means that the machine was shared: then only ratios and CPU times say anything.",
]


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    load_cases: int
    cases: int
    tasks: int
    certificates: int


QUICK, FULL = Size(3, 4, 3, 1_000_000, 30), Size(7, 12, 10, 1_000_000, 500)


def parts(databases: Databases, folder: Path, size: Size) -> dict[str, Callable[[], list[Row]]]:
    """What can be measured, by name."""
    def on(kind: str, action) -> list[Row]:
        with databases.fresh(kind, _fresh(folder)) as url:
            return action(_fresh(folder), url)

    return {
        "load-postgresql": lambda: loaded.rows("postgresql", databases, _fresh(folder), size.rounds, size.load_cases),
        "load-sqlite": lambda: loaded.rows("sqlite", databases, _fresh(folder), size.rounds, size.load_cases),
        "cases": lambda: on("sqlite", lambda where, url: cases.rows(where, url, size.cases)),
        "inbox-sqlite": lambda: on("sqlite", lambda where, url: inboxes.rows("sqlite", where, url, size.tasks)),
        "inbox-postgresql": lambda: on("postgresql", lambda where, url: inboxes.rows("postgresql", where, url, size.tasks)),
        "papers": lambda: on("sqlite", lambda where, url: papers.rows(where, url, size.certificates)),
        "replays": lambda: replays.rows(_fresh(folder)),
        "backups": lambda: backups.rows(_fresh(folder)),
    }


def main() -> None:
    said = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary)
        databases = Databases(folder)
        where, rows = machine(_version()), []
        wanted = parts(databases, folder, FULL if said.full else QUICK)
        for name in said.names or wanted:
            begun = time.monotonic()
            rows += wanted[name]()
            print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
        databases.drop_templates()
    print(f"{where}\n\n{table(rows)}")
    if not said.names:
        PAGE.write_text(page(rows, where, NOTES), "utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more rounds, more cases, 500 certificates")
    parser.add_argument("names", nargs="*", help="only these parts; docs/benchmarks.md stays as it is")
    return parser.parse_args()


def _fresh(folder: Path) -> Path:
    return Path(tempfile.mkdtemp(dir=folder))


def _version() -> str:
    with psycopg.connect(postgres_server()) as connection:
        return connection.execute("SHOW server_version").fetchone()[0].split(" ")[0]


if __name__ == "__main__":
    main()
