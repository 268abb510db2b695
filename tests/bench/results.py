"""Rows of the table, the machine they were measured on, and the page that is written. Measures nothing."""
from __future__ import annotations

import os
import platform
import statistics
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Row:
    """One line: what was measured, the figure in words, its target in words, and whether it was reached.

    `reached` is None where there is no target: the line is there for comparison.
    """

    topic: str
    measured: str
    target: str = ""
    reached: bool | None = None

    @property
    def mark(self) -> str:
        return "" if self.reached is None else "yes" if self.reached else "**no**"


def median(values) -> float:
    return statistics.median(values)


def machine(postgres: str) -> str:
    """One line about what this ran on."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    import SpiffWorkflow
    import sqlite3
    spiff = getattr(SpiffWorkflow, "__version__", "3.2.0")
    return (f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}, "
            f"SpiffWorkflow {spiff}, SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres}; load average at the start {load}")


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table."""
    head = ["| | measured | target | reached |", "|---|---|---|---|"]
    return "\n".join(head + [f"| {row.topic} | {row.measured} | {row.target} | {row.mark} |" for row in rows])


def page(rows: list[Row], where: str, notes: list[str]) -> str:
    """docs/benchmarks.md."""
    said = "\n".join(f"* {note}" for note in notes)
    return f"""# Benchmarks

Written by `make bench` on {date.today().isoformat()}; do not edit. Figures are medians of several runs.
Machine: {where}.

{table(rows)}

How to read this
{said}
"""
