"""A small procedure in use, analysts, and proposals that change it: what tests of the workbench begin with."""
from __future__ import annotations

import re

import sqlalchemy as sa

from app.definitions import Bundle
from app.operations import releases
from app.people import SYSTEM
from app.store import session, transaction
from app.workbench import proposals, publishing, scenarios, skeletons
from app.workbench.gate import gate_of
from app.workbench.models import ScenarioOutcome
from tests.support import builders

NAME = "parking-permit"
FORM, DIAGRAM, ROLES = f"forms/{NAME}/apply.yml", f"processes/{NAME}/{NAME}.bpmn", f"processes/{NAME}/roles.yml"
_OUTCOMES: dict[str, dict] = {}  # basis of a scenario -> how it went


def files() -> dict[str, bytes]:
    """The files of the procedure."""
    return skeletons._files(NAME, "停车证办理")


def publish(clock, content: dict[str, bytes] | None = None):
    """Publishes it from files, as the command line does."""
    return releases.publish_release(Bundle(content or files()), actor=SYSTEM, clock=clock, note="第一版")[0]


def people(clock) -> dict:
    """Three analysts, an administrator, somebody who applies and somebody who reviews."""
    roles = {"ada": "analyst", "ben": "analyst", "cai": "analyst", "root": "administrator", "li": "requester", "wang": "handler"}
    return {key: builders.person(key, role, clock=clock) for key, role in roles.items()}


def changed(clock, *, by: str = "ada", text: bytes | None = None, title: str = "理由改为必填"):
    """A proposal in which one form differs from the current release."""
    proposal = proposals.begin_proposal(NAME, title=title, actor=builders.actor(by), clock=clock)
    content = text or proposals.base_files(proposal)[FORM].replace("max_length: 500}".encode(), "max_length: 400}".encode())
    save(proposal, FORM, content, clock, by=by)
    return proposal


def save(proposal, path: str, content: bytes | None, clock, *, by: str = "ada") -> None:
    standing = proposals.changed_files(proposal).get(path)
    proposals.save_file(proposal.id, path, content, expected=standing.version if standing else 0, actor=builders.actor(by), clock=clock)


def run_scenarios(proposal, clock) -> None:
    """Runs every scenario of the proposal as it stands; content that was run before in this process has its outcome already."""
    bundle, procedure = proposals.bundle_of(proposal), proposal.procedure
    paths = {path: scenarios.basis_of(bundle, procedure, path) for path in scenarios.scenario_paths(bundle, procedure)}
    if not set(paths.values()) <= set(_OUTCOMES):
        scenarios.run_scenarios_of(proposal, clock=clock)
        rows = session().scalars(sa.select(ScenarioOutcome).where(ScenarioOutcome.proposal_id == proposal.id))
        _OUTCOMES.update({row.basis: {name: getattr(row, name) for name in ("passed", "line", "reason", "flows", "seconds")} for row in rows})
    with transaction() as store:
        for path, basis in paths.items():
            store.merge(ScenarioOutcome(proposal_id=proposal.id, path=path, state="done", basis=basis, version=proposal.version, at=clock(), asked_at=clock(), **_OUTCOMES[basis]))


def other_diagram() -> bytes:
    """A second process of the procedure, `parking-renewal`: the same drawing with ids of its own."""
    text = files()[DIAGRAM].decode().replace("停车证办理", "停车证续期").replace(NAME, "parking-renewal")
    text = re.sub(r'\b(id|sourceRef|targetRef|bpmnElement)="(?!parking)([^"]+)"', r'\1="renewal_\2"', text)
    return re.sub(r"<bpmn:(flowNodeRef|incoming|outgoing)>(\w+)<", r"<bpmn:\1>renewal_\2<", text).encode()


def submitted(clock, **how):
    """A proposal that waits for its second person."""
    proposal = changed(clock, **how)
    run_scenarios(proposal, clock)
    submit(proposal, clock, by=how.get("by", "ada"))
    return proposal


def submit(proposal, clock, *, by: str = "ada", **other):
    gate = gate_of(proposal, clock)
    said = {"version": gate.version, "note": "理由最多 400 字", "accepted": [one.key for one in gate.warnings], "note_read": True} | other
    return publishing.submit(proposal.id, **said, actor=builders.actor(by), clock=clock)


def approve(proposal, clock, *, by: str = "ben", at=None, note_read: bool = True, version: int | None = None):
    seen = proposals.proposal_of(proposal.id).version if version is None else version
    return publishing.approve(proposal.id, version=seen, note_read=note_read, at=at, actor=builders.actor(by), clock=clock)
