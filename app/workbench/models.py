"""The tables of the workbench: proposals, every version of the files they change, submissions, and the record of acts."""
from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.store import Json, Model, PackedJson, UtcDateTime
from app.store.base import BigId

STATES = ("open", "submitted", "published", "discarded")


class Proposal(Model):
    """Changed files of one procedure on top of a release, until they are published or given up."""

    __tablename__ = "proposal"
    __table_args__ = (sa.Index("ix_proposal_procedure", "procedure", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))
    title: Mapped[str] = mapped_column(sa.String(200))  # what is changed, in a line
    base: Mapped[str] = mapped_column(sa.String(64), default="")  # digest of the release it stands on; "": a new procedure
    state: Mapped[str] = mapped_column(sa.String(10), default="open")
    version: Mapped[int] = mapped_column(sa.Integer, default=0)  # grows with every saved file
    created_by: Mapped[str] = mapped_column(sa.String(64))
    created_by_name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalFile(Model):
    """One version of a file of a proposal; the highest one counts. `content` is zstd, NULL where the file is taken out."""

    __tablename__ = "proposal_file"

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    content: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    saved_by: Mapped[str] = mapped_column(sa.String(64))
    saved_by_name: Mapped[str] = mapped_column(sa.String(100))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Submission(Model):
    """That a proposal was handed to a second person, and what came of it. One of a proposal is alive at a time."""

    __tablename__ = "proposal_submission"
    __table_args__ = (sa.Index("ix_submission_due", "state", "effective_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), index=True)
    version: Mapped[int] = mapped_column(sa.Integer)  # of the proposal: what was checked is what is published
    digest: Mapped[str] = mapped_column(sa.String(64))  # of the procedure's content
    note: Mapped[str] = mapped_column(sa.String(500))  # for the list of releases
    accepted: Mapped[list] = mapped_column(Json, default=list)  # the linter's warnings that the submitter takes on
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")  # waiting|approved|published|sent_back|withdrawn|failed
    submitted_by: Mapped[str] = mapped_column(sa.String(64))
    submitted_by_name: Mapped[str] = mapped_column(sa.String(100))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(sa.String(64), default="")
    decided_by_name: Mapped[str] = mapped_column(sa.String(100), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    effective_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the worker makes it effective
    reason: Mapped[str] = mapped_column(sa.String(1000), default="")  # of sending back, or why it could not be published


class Act(Model):
    """What somebody did to a procedure in the workbench. Rows are only added; the database refuses everything else."""

    __tablename__ = "workbench_act"
    __table_args__ = (sa.Index("ix_act_procedure", "procedure", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    procedure: Mapped[str] = mapped_column(sa.String(100))
    kind: Mapped[str] = mapped_column(sa.String(16))  # a key of acts.WORDS
    proposal_id: Mapped[int | None] = mapped_column(BigId)
    release: Mapped[str] = mapped_column(sa.String(64), default="")
    process_id: Mapped[str] = mapped_column(sa.String(100), default="")
    text: Mapped[str] = mapped_column(sa.String(1000), default="")  # the reason or note
    actor_id: Mapped[str] = mapped_column(sa.String(64))
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


# The same statements stand in migration 0017.
ONLY_ADDED = {
    "sqlite": [f"CREATE TRIGGER workbench_act_no_{what} BEFORE {what} ON workbench_act BEGIN SELECT RAISE(ABORT, 'rows are only added'); END"
               for what in ("UPDATE", "DELETE")],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION workbench_act_only_added() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows are only added'; END $$",
        "CREATE TRIGGER workbench_act_only_added BEFORE UPDATE OR DELETE ON workbench_act FOR EACH ROW EXECUTE FUNCTION workbench_act_only_added()",
    ],
}
for _dialect, _statements in ONLY_ADDED.items():
    for _statement in _statements:
        sa.event.listen(Act.__table__, "after_create", sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect))


class Play(Model):
    """A walk through a proposal: the truth is its steps; the throw-away database below var/plays can be made again from them."""

    __tablename__ = "play"
    __table_args__ = (sa.Index("ix_play_proposal", "proposal_id", "changed_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"))
    title: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))  # of the procedure that is walked
    version: Mapped[int] = mapped_column(sa.Integer)  # of the proposal at that time
    source: Mapped[str] = mapped_column(sa.String(300), default="")  # path of the scenario it was opened from
    script: Mapped[dict] = mapped_column(PackedJson)  # the head of a scenario: process, clock, people, start …
    steps: Mapped[list] = mapped_column(PackedJson, default=list)  # what was done, as steps of a scenario, with what followed
    position: Mapped[int] = mapped_column(sa.Integer, default=0)  # steps that count now: those behind it can be walked again
    person_id: Mapped[str] = mapped_column(sa.String(64))
    person_name: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScenarioOutcome(Model):
    """How a scenario of a proposal went last, and whether it is to be run again. `passed` is NULL until it ran once."""

    __tablename__ = "scenario_outcome"
    __table_args__ = (sa.Index("ix_scenario_outcome_waiting", "state", "asked_at"),)

    proposal_id: Mapped[int] = mapped_column(sa.ForeignKey("proposal.id"), primary_key=True)
    path: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(10), default="done")  # waiting|running|done
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    basis: Mapped[str] = mapped_column(sa.String(64), default="")  # digest of all that the outcome depends on
    version: Mapped[int] = mapped_column(sa.Integer, default=0)  # of the proposal when it ran
    passed: Mapped[bool | None] = mapped_column(sa.Boolean)
    line: Mapped[int] = mapped_column(sa.Integer, default=0)  # of the step that failed
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    flows: Mapped[list] = mapped_column(Json, default=list)
    seconds: Mapped[float] = mapped_column(sa.Float, default=0.0)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
