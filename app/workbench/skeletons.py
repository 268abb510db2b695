"""What a new procedure, and a new file of one, begins with: small, complete, and without a finding of the linter."""
from __future__ import annotations

from html import escape
from pathlib import Path

from flask_babel import gettext as _

from app.errors import ProposalRefused
from app.operations import releases
from app.store import session, transaction
from app.store.models import Process
from app.workbench import proposals
from app.workbench.models import Proposal

# The least that a new file needs so that it can be read.
NEW = {
    "form": "title: 新表单\nsections:\n  - key: content\n    title: 内容\n    fields:\n      - {key: remark, type: long_text, label: 说明, max_length: 500}\n",
    "codes": "- {code: first, name: 第一项}\n", "sample": "{}\n", "roles": "{}\n", "demo": "organisations: {}\npeople: {}\n", "registers": "{}\n", "reports": "{}\n",
    "scenario": "process: \ntitle: 新情景\npeople:\n  li: {role: '', name: 李雷}\nstart: {as: li}\nsteps: []\n",
}
FOLDER = Path(__file__).parent / "skeleton"


def begin_procedure(name: str, *, title: str, actor, clock) -> Proposal:
    """A proposal of a new procedure that can be played at once: one step to apply, one to review, a scenario of both.

    Raises ProposalRefused for a name that is taken or that no folder can have.
    """
    title = " ".join(title.split())
    if releases.current_release(name) or proposals.proposals_of(name) or session().get(Process, name) is not None:
        raise ProposalRefused(why=_("已经有名为“%(name)s”的程序，请换一个文件夹名", name=name))
    with transaction():
        proposal = proposals.begin_proposal(name, title=title, actor=actor, clock=clock, base="")
        proposals.save_files(proposal.id, _files(name, title), {}, actor=actor, clock=clock)
        return proposal


def _files(name: str, title: str) -> dict[str, bytes]:
    places = {
        f"processes/{name}/{name}.bpmn": "process.bpmn", f"processes/{name}/roles.yml": "roles.yml", f"processes/{name}/scenarios/return_then_pass.yml": "scenario.yml",
        f"forms/{name}/apply.yml": "apply.yml", f"forms/{name}/review.yml": "review.yml"}
    words = {"@NAME@": name, "@TITLE@": escape(title)}
    return {path: _filled(source, words) for path, source in places.items()}


def _filled(source: str, words: dict[str, str]) -> bytes:
    text = (FOLDER / source).read_text("utf-8")
    for place, word in words.items():
        text = text.replace(place, word)
    return text.encode()


def content_of(kind: str) -> bytes:
    """What a new file of this kind holds."""
    return NEW[kind].encode()
