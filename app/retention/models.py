"""The tables of retention: rules with their history, holds, restrictions, runs with their items, tombstones. Columns only."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, PackedJson, UtcDateTime
from app.store.base import BigId

RUN_STATES = ("planned", "running", "done", "refused")


class RetentionRule(Model):
    """How long data of one class is kept, of one procedure or (procedure "") of all, and what happens then."""

    __tablename__ = "retention_rule"
    __table_args__ = (sa.UniqueConstraint("data_class", "procedure", name="uq_retention_rule"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    data_class: Mapped[str] = mapped_column(sa.String(40))  # a key of classes.CLASSES
    procedure: Mapped[str] = mapped_column(sa.String(100), default="")
    months: Mapped[int] = mapped_column(sa.Integer)  # kept for so long from the class's beginning
    action: Mapped[str] = mapped_column(sa.String(10))  # erase|delete
    active: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # the worker plans runs by it
    switched_by: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")  # who switched it on: cannot approve such runs


class RetentionRuleChange(Model):
    """One change of a rule: who, when, why, from what to what."""

    __tablename__ = "retention_rule_change"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(sa.ForeignKey("retention_rule.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    before: Mapped[dict] = mapped_column(Json, default=dict)
    after: Mapped[dict] = mapped_column(Json, default=dict)


class Hold(Model):
    """That something must stay for now: nothing of it is erased by any run until it is lifted or its last day is over."""

    __tablename__ = "retention_hold"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(12))  # case|person|organisation|procedure|sample
    subject: Mapped[str] = mapped_column(sa.String(100))  # case number, person id, organisation id, procedure, name of a sample
    cases: Mapped[list] = mapped_column(PackedJson, default=list)  # ids of the cases of a sample
    reason: Mapped[str] = mapped_column(sa.String(500))
    until: Mapped[str] = mapped_column(sa.String(10), default="")  # YYYY-MM-DD, the day included; "": until lifted
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str] = mapped_column(sa.String(64), default="")
    lifted_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    lifted_reason: Mapped[str] = mapped_column(sa.String(500), default="")


class RetentionRun(Model):
    """One run: planned by somebody (or the worker), approved by another, carried out by a job, closed with a signed report."""

    __tablename__ = "retention_run"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))  # rules|person
    person_id: Mapped[str] = mapped_column(sa.String(64), default="")  # whom a run of kind person erases
    request_id: Mapped[str] = mapped_column(sa.String(32), default="")  # of the person, which it answers
    state: Mapped[str] = mapped_column(sa.String(10), default="planned", index=True)
    planned_by: Mapped[str] = mapped_column(sa.String(64))
    planned_by_name: Mapped[str] = mapped_column(sa.String(100))
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rules: Mapped[list] = mapped_column(Json, default=list)  # as they were when it was planned
    decided_by: Mapped[str] = mapped_column(sa.String(64), default="")
    decided_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(sa.String(500), default="")  # why it was refused
    job_id: Mapped[str] = mapped_column(sa.String(32), default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    report: Mapped[dict | None] = mapped_column(PackedJson)
    signature: Mapped[str] = mapped_column(sa.String(128), default="")  # hex, Ed25519 over the canonical JSON of the report
    key_id: Mapped[str] = mapped_column(sa.String(16), default="")


class RetentionItem(Model):
    """One thing that a run would erase, or why it stays. Its job's items have the same positions."""

    __tablename__ = "retention_item"

    run_id: Mapped[int] = mapped_column(sa.ForeignKey("retention_run.id"), primary_key=True)
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    data_class: Mapped[str] = mapped_column(sa.String(200))  # classes by comma: one case is one item
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    label: Mapped[str] = mapped_column(sa.String(100))  # number of a case, or name of a class
    count: Mapped[int] = mapped_column(sa.Integer, default=1)  # rows
    item: Mapped[dict] = mapped_column(Json, default=dict)
    stays: Mapped[str] = mapped_column(sa.String(300), default="")  # why it stays; "": it goes


class Tombstone(Model):
    """What stands where something was: who erased it when by which rule, with digests, never values. Never deleted."""

    __tablename__ = "tombstone"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("retention_run.id"), index=True)
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    rule_id: Mapped[int | None] = mapped_column(BigId)  # None: at the wish of the person
    data_class: Mapped[str] = mapped_column(sa.String(200))
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    table: Mapped[str] = mapped_column(sa.String(40))
    count: Mapped[int] = mapped_column(sa.Integer)  # values or rows
    digest: Mapped[str] = mapped_column(sa.String(64))  # of what was erased (salted digests) or of the rows' keys
