"""A case in which everything happens that a player has to show: two returns, a withdrawal, a timer, a secret ballot, a sitting, a batch and a
move between releases. Tests only; the story is that of the scenario `issued.yml` with a harder beginning."""
from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import yaml

from app.definitions import Bundle
from app.operations import releases
from app.operations.answers import FILE_TYPES
from app.operations.moving import Course, move_case
from app.store import session
from app.store.models import Answers, Task
from tests.support import builders
from tests.support.builders import ROOT
from tests.whole.walks import ISSUED, Command, Walk, perform

FOLDER = ROOT / "processes" / "title-review"
DIAGRAM = "processes/title-review/title-review.bpmn"
BEGINNING = """
- {as: li, task: declare, answers_from: samples/declaration.yml}
- {as: li, message: withdraw, reason: 漏填了一项业绩}
- {as: li, task: declare, answers_from: samples/player_second.yml}
- {wait: P7D}
- {as: chen, task: employer_review, answers: {operator_name: 陈晓, operator_phone: 0755-26881234}, outcome: return, reason: 工作经历有间断，请补充说明}
- {as: li, task: revise_declaration, answers_from: samples/player_third.yml}
- {as: chen, task: employer_review, answers_from: samples/employer_review.yml, outcome: pass}
- {wait: P8D}
- {as: chen, task: pre_publicity, answers_from: samples/player_publicity.yml, outcome: pass}
- {as: zhou, task: office_pre_review, answers: {opinion: 请补充继续教育证明。, fee_exemption: none}, outcome: return_direct, reason: 请补充继续教育证明}
- {as: li, task: revise_declaration, answers_from: samples/player_third.yml}
- {as: zhou, task: office_pre_review, answers_from: samples/office_pre_review.yml, outcome: agree}
"""
EDITS = {"player_second": {"phone": "13900002222"}, "player_third": {"phone": "13900003333", "award_proof": ["继续教育证明.pdf"]}}
MOVED_BEFORE = "start_post_publicity"


class Story(Walk):
    """A walk in which people hand in again the files that they handed in before."""

    def _command(self, step) -> Command:
        command = super()._command(step)
        case = self.case(step.case)
        task = session().get(Task, command.target) if command.verb == "complete" else None
        if task is None or task.form not in case.latest:
            return command
        before = session().get(Answers, case.latest[task.form]).data
        kept = [field.key for field in releases.procedure_of(case.release).forms[task.form].fields() if field.type in FILE_TYPES and before.get(field.key)]
        return replace(command, answers=command.answers | {key: before[key] for key in kept if command.answers.get(key)})


def write_story(folder: Path) -> Path:
    """The scenario file with its samples; its path."""
    samples = folder / "scenarios" / "samples"
    shutil.copytree(FOLDER / "scenarios" / "samples", samples)
    said = yaml.safe_load((samples / "declaration.yml").read_text("utf-8"))
    for name, edits in EDITS.items():
        (samples / f"{name}.yml").write_text(yaml.safe_dump(said | edits, allow_unicode=True), "utf-8")
    shown = yaml.safe_load((samples / "pre_publicity.yml").read_text("utf-8"))
    (samples / "player_publicity.yml").write_text(yaml.safe_dump(shown, allow_unicode=True), "utf-8")
    story = yaml.safe_load(ISSUED.read_text("utf-8"))
    steps = [step for step in story["steps"] if "expect" not in step and not step.get("refused")]
    kept = next(place for place, step in enumerate(steps) if step.get("task") == "confirm_payment")
    story["steps"] = [*yaml.safe_load(BEGINNING), *steps[kept:]]
    path = folder / "scenarios" / "player.yml"
    path.write_text(yaml.safe_dump(story, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def renamed() -> Bundle:
    """The next release: one step has another name."""
    files = {path: content for path, content in builders.bundle_of(ROOT).files.items() if "/scenarios/" not in path}
    text = files[DIAGRAM].decode()
    assert 'id="office_post_review" name="' in text
    start = text.index('id="office_post_review" name="') + len('id="office_post_review" name="')
    files[DIAGRAM] = (text[:start] + "新版" + text[start:]).encode()
    return Bundle(files)


def walk_everything(folder: Path, clock) -> Walk:
    """The whole story, walked to its end."""
    builders.publish(ROOT, clock=clock)
    ana = builders.person("ana", "analyst", name="安娜", clock=clock)
    walk = Story(write_story(folder), clock).start()
    for command in walk.commands():
        if command.element == MOVED_BEFORE:
            target = builders.publish(renamed(), clock=clock, demo=False)[0].digest
            move_case(walk.case().id, Course(target), actor=ana, clock=clock, reason="环节改了名称")
            walk.settle()
        perform(command, clock)
        walk.settle()
    return walk
