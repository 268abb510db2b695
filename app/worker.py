"""The background worker: Celery tasks for the outbox, due timers, anchors, open payments and stray files.

The database is the truth; Celery is the doorbell. Every task is idempotent, acknowledged late, and run again by the
sweep (beat) when its doorbell was lost. Start with `celery -A app.worker worker --beat`.
"""
from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import Celery
from flask import Flask, current_app

from app import create_app, mail
from app.backups.tending import back_up_due, drill_due, look_after
from app.audit import suspicion
from app.audit.insight.gathering import gather_insight
from app.audit.replays import golden
from app.audit.search.books import forget_old_exports
from app.jobs import run_jobs
from app.audit.packs import sweep_packs
from app.certificates.verification import forget_old_checks
from app.materials import sweep_orphans
from app.operations import durations, outbox, own_data, timers
from app.operations.recovery import forget_old_keys
from app.payments import reconcile_due, settle_open_orders
from app.proof import alarms
from app.proof.jobs import verify_daily
from app.retention import runs as retention_runs
from app.viewings import forget_old_viewings
from app.workbench.plays import sweep_plays
from app.workbench.publishing import publish_due
from app.workbench.scenarios import run_waiting


def make_celery(flask_app: Flask) -> Celery:
    """The Celery app of a Flask app: broker, schedule, and tasks that run in its context."""
    settings = flask_app.config
    celery = Celery("pingshen", broker=settings["BROKER_URL"])
    celery.conf.update(
        task_acks_late=True, task_ignore_result=True, worker_prefetch_multiplier=1, timezone="Asia/Shanghai",
        broker_connection_retry_on_startup=True, beat_schedule=_schedule(settings),
        beat_schedule_filename=str(Path(settings["VAR"]) / "beat"),
    )
    for name, work in WORK.items():
        celery.task(_in_context(flask_app, name, work), name=name)
    return celery


def _schedule(settings) -> dict:
    sweep = float(settings["SWEEP_EVERY"])
    every = {"drain_outbox": sweep, "fire_timers": sweep, "run_jobs": sweep, "send_mail": sweep, "measure_steps": 3600.0, "copy_data": sweep, "publish_due": sweep, "run_scenarios": sweep, "sweep_plays": 3600.0, "look_after_backups": 60.0, "back_up": 60.0, "drill": 3600.0, "anchor": float(settings["ANCHOR_EVERY"]), "verify": 3600.0, "settle_payments": 60.0, "reconcile": 3600.0, "sweep_files": 86400.0, "sweep_packs": 86400.0, "forget_checks": 86400.0, "forget_viewings": 86400.0, "forget_exports": 86400.0, "forget_keys": 86400.0, "close_retention": sweep, "plan_retention": 86400.0, "refresh_sample": 86400.0, "watch_cases": 30.0, "watch_patterns": 3600.0, "gather_insight": 60.0}
    # A beat that nobody fetched in time is worthless: the next one does the same.
    return {name: {"task": name, "schedule": seconds, "options": {"expires": seconds}} for name, seconds in every.items()}


def _in_context(flask_app: Flask, name: str, work):
    def run() -> None:
        with flask_app.app_context(), turn(name) as ours:
            if ours:
                work(flask_app.extensions["clock"])

    return run


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """Whether this beat may begin: one of ALONE goes home while another of its name is at it, in whatever thread or process here."""
    if name not in ALONE:
        yield True
        return
    folder = Path(current_app.config["VAR"]) / "turns"
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            ours = False
        else:
            ours = True
        yield ours


def _refresh_sample(clock) -> None:
    golden.refresh_sample(clock, size=int(current_app.config["GOLDEN_CASES"]))


# Beats that may outlast their period: a second one would do the same work again, and take the worker's other hand from timers and jobs.
ALONE = frozenset({
    "look_after_backups", "back_up", "drill", "anchor", "verify", "sweep_files", "sweep_packs", "close_retention", "plan_retention", "refresh_sample",
    "watch_cases", "watch_patterns", "gather_insight", "measure_steps",
})
WORK = {
    "look_after_backups": look_after,
    "back_up": back_up_due,
    "drill": drill_due,
    "drain_outbox": outbox.drain_outbox,
    "fire_timers": timers.fire_due_timers,
    "run_jobs": run_jobs,
    "send_mail": mail.send_waiting,
    "measure_steps": durations.measure_steps,
    "copy_data": own_data.make_copies,
    "publish_due": publish_due,
    "run_scenarios": run_waiting,
    "sweep_plays": sweep_plays,
    "anchor": alarms.beat,
    "verify": verify_daily,
    "settle_payments": settle_open_orders,
    "reconcile": reconcile_due,
    "sweep_files": sweep_orphans,
    "sweep_packs": sweep_packs,
    "forget_checks": forget_old_checks,
    "forget_viewings": forget_old_viewings,
    "forget_exports": forget_old_exports,
    "forget_keys": forget_old_keys,
    "close_retention": retention_runs.close_runs,
    "plan_retention": retention_runs.plan_due,
    "refresh_sample": _refresh_sample,
    "watch_cases": suspicion.watch,
    "watch_patterns": suspicion.watch_patterns,
    "gather_insight": gather_insight,
}


def use_doorbell(flask_app: Flask, celery: Celery) -> None:
    """Lets the web process ring the worker after a commit."""
    flask_app.extensions["ring"] = lambda name: celery.send_task(name, expires=30, ignore_result=True, retry=False)


def __getattr__(name: str):
    """`celery -A app.worker` asks for `app`: made when asked for, so that importing this module starts nothing."""
    if name in ("app", "celery"):
        flask_app = create_app()
        golden.ensure_sample_replays(flask_app)
        return make_celery(flask_app)
    raise AttributeError(name)
