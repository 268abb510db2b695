"""Figures for Prometheus: requests and refusals counted as they happen, backlogs read when asked. No personal data.

`register` gives each app a registry of its own; routes observe and render. Labels are route names and codes, never ids.
"""
from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, current_app
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily

from app.store import session
from app.store.models import Outbox, Task, Timer

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The registry of one app and what is written to it."""

    def __init__(self, clock):
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "pingshen_request_seconds", "Time of a request", ("endpoint", "method", "status"),
            buckets=SECONDS, registry=self.registry,
        )
        self.refusals = Counter("pingshen_refusals", "Refusals by code", ("code",), registry=self.registry)
        self.registry.register(Backlog(clock))


class Backlog:
    """What waits, read from the database when Prometheus asks."""

    def __init__(self, clock):
        self._clock = clock

    def describe(self):
        return ()  # otherwise registering would already query, before there are tables

    def collect(self):
        store, now = session(), self._clock()
        due = sa.select(sa.func.count(), sa.func.min(Timer.due)).where(Timer.due <= now, Timer.held == "")
        late, oldest = store.execute(due).one()
        yield _gauge("pingshen_timers_late", "Timers due and not yet fired", late)
        yield _gauge("pingshen_timer_lateness_seconds", "How late the oldest due timer is",
                     (now - oldest).total_seconds() if oldest else 0)
        yield _gauge("pingshen_timers_held", "Timers that do not fire by themselves", _count(Timer.held != ""))
        yield _gauge("pingshen_tasks_open", "Open tasks", _count(Task.state == "open"))
        waiting = GaugeMetricFamily("pingshen_outbox", "Requests to connectors by state", labels=("state",))
        for state in ("new", "sent", "set_aside"):
            waiting.add_metric((state,), _count(Outbox.state == state))
        yield waiting


def _gauge(name: str, gloss: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, gloss, value=value)


def _count(condition) -> int:
    return session().scalar(sa.select(sa.func.count()).where(condition))


def register(app: Flask) -> None:
    """Gives the app its registry."""
    app.extensions["metrics"] = Metrics(app.extensions["clock"])


def observe_request(endpoint: str, method: str, status: int, seconds: float) -> None:
    """Counts a request and its time."""
    current_app.extensions["metrics"].requests.labels(endpoint, method, str(status)).observe(seconds)


def count_refusal(code: str) -> None:
    """Counts a refusal: wrong passwords, lost races, invalid answers."""
    current_app.extensions["metrics"].refusals.labels(code).inc()


def render() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(current_app.extensions["metrics"].registry)
