"""The doorbell: tells the worker that the outbox holds something; due timers it looks at by itself.

The rows are the truth: a lost bell is swept up.
"""
from __future__ import annotations

import structlog
from flask import current_app

log = structlog.get_logger()


def ring_outbox() -> None:
    """Asks the worker to send what stands in the outbox."""
    _ring("drain_outbox")


def ring_jobs() -> None:
    """Asks the worker to go on with jobs."""
    _ring("run_jobs")


def ring_scenarios() -> None:
    """Asks the worker to run scenarios of proposals."""
    _ring("run_scenarios")


def _ring(name: str) -> None:
    ring = current_app.extensions.get("ring")
    if ring is None:  # scenarios and tests drain by themselves
        return
    try:
        ring(name)
    except Exception as error:  # a broker that is away must not undo what is committed: the sweep finds the row
        log.warning("doorbell-lost", task=name, error=repr(error))
