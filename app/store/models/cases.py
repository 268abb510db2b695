"""A case and everything that hangs on it: events, answers, tasks, what it waits for. Columns only, no behaviour."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store.append_only import guard
from app.store.base import BigId, Json, Model, PackedJson, UtcDateTime


class Case(Model):
    """One procedure of one person, from its start to its end."""

    __tablename__ = "case_"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)  # 19 digits: prefix, day, sequence (S1-143)
    process_id: Mapped[str] = mapped_column(sa.String(100), index=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))  # folder name its release was written under
    release: Mapped[str] = mapped_column(sa.ForeignKey("release.digest"))  # pinned until migrated
    title: Mapped[str] = mapped_column(sa.String(200))  # name of the process when it started
    summary: Mapped[str] = mapped_column(sa.String(500), default="")  # a line for lists
    starter_id: Mapped[str] = mapped_column(sa.String(64), index=True)
    starter_name: Mapped[str] = mapped_column(sa.String(100))
    tab: Mapped[str] = mapped_column(sa.String(8), default="draft")  # draft|todo|doing|done, as the starter sees it
    stage: Mapped[str] = mapped_column(sa.String(100), default="")  # where it is now
    handler: Mapped[str] = mapped_column(sa.String(200), default="")  # who has it now, in words
    result: Mapped[str] = mapped_column(sa.String(100), default="")  # of the end reached
    tone: Mapped[str] = mapped_column(sa.String(8), default="")  # good|bad|neutral
    ended_element: Mapped[str] = mapped_column(sa.String(100), default="")
    latest: Mapped[dict] = mapped_column(Json, default=dict)  # form key -> id of its latest answers
    parties: Mapped[dict] = mapped_column(Json, default=dict)  # name -> party
    grouping: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")  # key of its CaseGroup
    version: Mapped[int] = mapped_column(sa.Integer, default=0)  # moves with every command
    events: Mapped[int] = mapped_column(sa.Integer, default=0)  # how many events it has
    head: Mapped[str] = mapped_column(sa.String(64), default="")  # link of the latest event: its hash, of an old one its MAC
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        sa.Index("ix_case_mine", "starter_id", "tab", "id"),
        sa.Index("ix_case_release", "release"),
        sa.Index("ix_case_running", "process_id", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_case_grouping", "grouping", "procedure", "process_id", "stage", "tone"),
        sa.Index("ix_case_started", "started_at"), sa.Index("ix_case_ended", "ended_at"), sa.Index("ix_case_process_ended", "process_id", "ended_at"), sa.Index("ix_case_starter_name", "starter_name"),
        sa.Index("ix_case_result", "result"),
    )


class CaseParty(Model):
    """Who a case concerns, as rows, so that a list of theirs needs no expression."""

    __tablename__ = "case_party"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(80), index=True)


class Snapshot(Model):
    """The engine's state for the next command; can always be rebuilt from the events."""

    __tablename__ = "snapshot"

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), primary_key=True)
    state: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Event(Model):
    """One thing that happened to a case, chained by hash and MAC to the one before. Never changed, but for what is erased by law."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"))
    seq: Mapped[int] = mapped_column(sa.Integer)  # 1, 2, 3 … in the case
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(sa.String(16))  # start|complete|message|timer|answer|take|give_back|hand|…
    element: Mapped[str] = mapped_column(sa.String(100), default="")
    task_id: Mapped[str] = mapped_column(sa.String(36), default="")
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    on_behalf_of: Mapped[str] = mapped_column(sa.String(64), default="")
    outcome: Mapped[str] = mapped_column(sa.String(64), default="")
    details: Mapped[dict] = mapped_column(PackedJson, default=dict)  # reason, payload, roles, trail …
    answers_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    state_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    key_id: Mapped[str] = mapped_column(sa.String(16), default="")
    mac: Mapped[str] = mapped_column(sa.String(64), default="")
    scheme: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")  # hash algorithm; "": chained by MAC alone, before 0021
    salt: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")  # of its tree digest; gone once something was erased
    kept: Mapped[dict | None] = mapped_column(PackedJson, nullable=True)  # then: path -> leaf salt of what remains
    hash: Mapped[str] = mapped_column(sa.String(64), default="", server_default="")  # what anybody can check (app/proof/chain.py)

    __table_args__ = (
        sa.UniqueConstraint("case_id", "seq"), sa.Index("ix_event_at", "at"), sa.Index("ix_event_actor", "actor_id", "id"),
        sa.Index("ix_event_place", "element", "outcome", "id"),
        sa.Index("ix_event_rare", "kind", "id", sqlite_where=sa.text("kind <> 'complete'"), postgresql_where=sa.text("kind <> 'complete'")),
    )


guard(Event.__table__)


class Answers(Model):
    """One revision of one form of a case; never changed, never deleted."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"))
    form: Mapped[str] = mapped_column(sa.String(100))
    revision: Mapped[int] = mapped_column(sa.Integer)
    seq: Mapped[int] = mapped_column(sa.Integer)  # event that brought it
    task_id: Mapped[str] = mapped_column(sa.String(36), default="")
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    data: Mapped[dict] = mapped_column(PackedJson)
    digest: Mapped[str] = mapped_column(sa.String(64))  # tree digest of the data under the salt
    scheme: Mapped[str] = mapped_column(sa.String(8), default="", server_default="")  # as of events; "": digest without salt
    salt: Mapped[str] = mapped_column(sa.String(32), default="", server_default="")
    kept: Mapped[dict | None] = mapped_column(PackedJson, nullable=True)

    __table_args__ = (
        sa.UniqueConstraint("case_id", "form", "revision"),
        sa.Index("ix_answers_again", "revision", "case_id", sqlite_where=sa.text("revision > 1"), postgresql_where=sa.text("revision > 1")),
    )


class Task(Model):
    """One open or finished piece of work of a person. Empty strings instead of NULL: see performance of inboxes."""

    __tablename__ = "task"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)  # the engine's id
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    element: Mapped[str] = mapped_column(sa.String(100))
    name: Mapped[str] = mapped_column(sa.String(200))
    form: Mapped[str] = mapped_column(sa.String(100), default="")
    stage: Mapped[str] = mapped_column(sa.String(100), default="")
    state: Mapped[str] = mapped_column(sa.String(10), default="open")  # open|done|cancelled
    pool: Mapped[str] = mapped_column(sa.String(160), default="")  # role@ref, while anybody there may take it
    assignee: Mapped[str] = mapped_column(sa.String(64), default="")  # person id, once taken or given
    personal: Mapped[bool] = mapped_column(default=False)  # given to one person by the diagram: cannot be given back
    excluded: Mapped[list] = mapped_column(Json, default=list)  # [[person id, element name]]: four eyes
    item: Mapped[object | None] = mapped_column(Json)  # member of a multi-instance
    due: Mapped[str] = mapped_column(sa.String(40), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # first looked at by somebody who may do it
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str] = mapped_column(sa.String(64), default="")
    closed_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    outcome: Mapped[str] = mapped_column(sa.String(64), default="")

    __table_args__ = (
        sa.Index("ix_task_mine", "assignee", sa.text("created_at DESC"), sa.text("id DESC"),
                 sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_task_pool", "pool", sa.text("created_at DESC"), sa.text("id DESC"),
                 sqlite_where=sa.text("state = 'open' AND assignee = ''"),
                 postgresql_where=sa.text("state = 'open' AND assignee = ''")),
        sa.Index("ix_task_due", "due", sqlite_where=sa.text("state = 'open' AND due <> ''"), postgresql_where=sa.text("state = 'open' AND due <> ''")),
        sa.Index("ix_task_dated", "case_id", sqlite_where=sa.text("due <> ''"), postgresql_where=sa.text("due <> ''")),
        sa.Index("ix_task_closed", "closed_at", sqlite_where=sa.text("state = 'done'"), postgresql_where=sa.text("state = 'done'")),
    )


class Subscription(Model):
    """A message that a case waits for: an action offered, an answer expected, a word from another case."""

    __tablename__ = "subscription"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)  # the engine's id
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    message: Mapped[str] = mapped_column(sa.String(100), index=True)
    element: Mapped[str] = mapped_column(sa.String(100))
    attached_task: Mapped[str] = mapped_column(sa.String(36), default="")
    role: Mapped[str] = mapped_column(sa.String(64), default="")  # empty: only the system may send it
    scope: Mapped[str] = mapped_column(sa.String(80), default="")


class Timer(Model):
    """An instant at which a case goes on by itself."""

    __tablename__ = "timer"

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)  # the engine's id
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("case_.id"), index=True)
    element: Mapped[str] = mapped_column(sa.String(100))
    due: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(sa.Integer, default=0)
    held: Mapped[str] = mapped_column(sa.String(300), default="")  # why it does not fire: waits for a person
