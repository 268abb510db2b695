"""A walk kept as a scenario of its proposal, and a scenario opened as a walk up to a step of it."""
from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from flask_babel import gettext as _

from app.definitions import DefinitionError, Scenario, load_scenario
from app.definitions.plain_yaml import plain_values
from app.errors import NotFound, PlayRefused
from app.workbench import plays, proposals
from app.workbench.models import Play, Proposal
from app.workbench.scenario_writing import continued_text, scenario_text, script_of, step_entry
from app.workbench.scenarios import scenario_in

_NAME = re.compile(r"[a-z][a-z0-9_]{1,60}", re.ASCII)


def path_of(proposal: Proposal, name: str) -> str:
    """Where a scenario of this name lies. Raises PlayRefused for a name no file can have."""
    if not _NAME.fullmatch(name):
        raise PlayRefused(why=_("文件名用小写英文字母、数字和下划线，以字母开头，例如 returned_twice"))
    return f"processes/{proposal.procedure}/scenarios/{name}.yml"


def keep_play(play: Play, name: str, title: str, *, replace: bool, actor, clock) -> str:
    """Saves a walk as a scenario of its proposal; returns the path.

    What was opened from this very scenario keeps its lines up to where the walk left it. Raises PlayRefused for a name that
    is taken (unless it is to be replaced) and for a walk that cannot be read again, ProposalClosed.
    """
    proposal = proposals.proposal_of(play.proposal_id)
    path = path_of(proposal, name)
    title = " ".join(title.split())
    if not title:
        raise PlayRefused(why=_("请写明这个情景说的是什么"))
    if not play.position or not play.script.get("start"):
        raise PlayRefused(why=_("还没有走过一步，没有可以保存的"))
    there = _there(proposal, path)
    if there is not None and not replace:
        raise PlayRefused(why=_("已经有名为“%(name)s”的情景用例，请换一个名字，或选择“替换”", name=name))
    text = _text(play, proposal, path, title, there)
    _ensure_reads(text, path, proposal)
    proposals.save_file(proposal.id, path, text.encode(), expected=there.version if there else _gone(proposal, path), actor=actor, clock=clock)
    return path


def _there(proposal: Proposal, path: str):
    try:
        return proposals.read_file(proposal, path)
    except NotFound:
        return None


def _gone(proposal: Proposal, path: str) -> int:
    """The version to save over where the file was taken out before."""
    found = proposals.changed_files(proposal).get(path)
    return found.version if found else 0


def _text(play: Play, proposal: Proposal, path: str, title: str, there) -> str:
    samples, steps = samples_of(proposal, path), play.steps[: play.position]
    untouched = _untouched(play, path, there)
    if untouched is None:
        return scenario_text(play.script, steps, title=title, samples=samples)
    line, number = untouched
    old = load_scenario(there.content, path, None)
    new_people = {key: who for key, who in (play.script.get("people") or {}).items() if key not in old.people}
    return continued_text(_retitled(there.content.decode("utf-8"), old.title, title), line, steps[number:], new_people, samples)


def _untouched(play: Play, path: str, there) -> tuple[int, int] | None:
    """(line where the walk leaves its file, steps before it), when the walk was opened from this file as it still is."""
    if play.source != path or there is None or play.script.get("source_version") != there.version:
        return None
    own = [number for number, step in enumerate(play.steps[: play.position]) if not step.get("line")]
    if not own:
        return None
    number, line = own[0], play.script.get("left_at") or 0
    before = [step["line"] for step in play.steps[:number]]
    return (line, number) if line and all(each < line for each in before) and before == sorted(set(before)) else None


def _retitled(text: str, old: str, new: str) -> str:
    return text.replace(f"title: {old}", f"title: {new}", 1) if old != new else text


def _ensure_reads(text: str, path: str, proposal: Proposal) -> None:
    files = proposals.files_of(proposal)
    folder = PurePosixPath(path).parent
    try:
        load_scenario(text, path, lambda name: files[str(folder / name)])
    except DefinitionError as error:
        raise PlayRefused(why=error.message) from error


def samples_of(proposal: Proposal, path: str) -> dict[str, dict]:
    """Path beside the scenario -> answers, of every sample without placeholders."""
    folder = f"{PurePosixPath(path).parent}/samples/"
    found = {}
    for name, content in proposals.files_of(proposal).items():
        if name.startswith(folder) and b"${" not in content:
            try:
                found[f"samples/{name.removeprefix(folder)}"] = plain_values(content, name)
            except DefinitionError:
                continue
    return {name: data for name, data in found.items() if isinstance(data, dict)}


def open_scenario(proposal: Proposal, path: str, *, line: int = 0, actor, clock) -> Play:
    """A walk that has gone through the scenario up to (not with) the step in this line, or through all of it.

    Raises DefinitionError, PlayRefused. Where a step does not go, the walk stands before it.
    """
    scenario = scenario_in(proposal, path)
    steps = _steps(scenario, line)
    script = script_of(scenario) | {"source_version": proposals.read_file(proposal, path).version, "left_at": line or _last_line(scenario)}
    return plays.begin_play(proposal, script, steps=steps, source=path, title=scenario.title, actor=actor, clock=clock)


def _last_line(scenario: Scenario) -> int:
    return max((step.line for step in scenario.steps), default=0) + 1


def _steps(scenario: Scenario, line: int) -> list[dict]:
    found = []
    for step in scenario.steps:
        if line and step.line >= line:
            break
        entry = step_entry(step)
        if entry is not None:
            found.append({"do": entry, "label": words_of(entry, scenario.people), "line": step.line})
    return found


def words_of(do: Mapping, people: Mapping) -> str:
    """A step in words, by the names that the scenario gives."""
    who = people[do["as"]].name if do.get("as") in people else _("外部")
    if "task" in do:
        return _("%(who)s 办理 %(what)s", who=who, what=do["task"]) + (f"：{do['outcome']}" if do.get("outcome") else "") + (_("（应被拒绝）") if do.get("refused") else "")
    if "message" in do:
        return f"{who} “{do['message']}”" + (_("（应被拒绝）") if do.get("refused") else "")
    if "start" in do:
        return _("%(who)s 发起 %(what)s", who=who, what=do["start"])
    if "answer" in do:
        return _("外部系统应答 %(what)s", what=do["answer"])
    if "wait_workdays" in do:
        return _("过了 %(n)s 个工作日", n=do["wait_workdays"])
    return _("时间过去 %(what)s", what=do.get("wait") or "")


def problems_in(proposal: Proposal, path: str, content: bytes) -> list[dict]:
    """What is wrong in the text of a scenario, line by line; nothing when it reads."""
    files, folder = proposals.files_of(proposal), PurePosixPath(path).parent
    try:
        load_scenario(content, path, lambda name: files[str(folder / name)])
    except DefinitionError as error:
        return [{"line": problem.line, "column": 1, "message": problem.why, "severity": "error"} for problem in error.problems]
    return []
