"""What is saved opens unchanged in Camunda Modeler: its own libraries read and write every diagram and table without loss."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.workbench.drawing_files import copy_of, new_diagram, new_table
from tests.support.builders import DATA, ROOT
from tests.workbench.drawings import differences, said_by

FRONTEND = ROOT / "app" / "frontend"
FILES = sorted(path for folder in (ROOT / "processes", DATA) for path in folder.rglob("*") if path.suffix in (".bpmn", ".dmn") and "bad" not in path.parts)


@pytest.fixture(scope="module")
def written():
    """path -> what the libraries wrote, for all files at once: starting node takes the time."""
    node = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))
    if node is None or not (FRONTEND / "node_modules" / "bpmn-moddle").exists():
        pytest.skip("no node here")
    asked = {str(path): path.read_text("utf-8") for path in FILES} | {name: content.decode() for name, content in MADE.items()}
    done = subprocess.run([node, str(Path(__file__).with_name("moddle_round_trip.mjs")), str(FRONTEND)], input=json.dumps(asked), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


LENDING = (DATA / "lending-library/processes/lending-library/lending.bpmn").read_bytes()
MADE = {"new.bpmn": new_diagram("new-one", "新“流程” <1>"), "new.dmn": new_table("new-table", "新表 & 规则"),
        "copy.bpmn": copy_of(LENDING, "copied", set(), "副本")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_reading_and_writing_a_diagram_of_the_project_loses_nothing(written, path):
    assert differences(said_by(path.read_bytes()), said_by(written[str(path)])) == []


@pytest.mark.parametrize("name", sorted(MADE))
def test_what_the_workbench_makes_itself_is_read_and_written_without_loss(written, name):
    assert differences(said_by(MADE[name]), said_by(written[name])) == []


def test_the_comparison_notices_a_lost_property_and_a_changed_flow():
    text = LENDING.decode()
    assert differences(said_by(text), said_by(text.replace('<camunda:property name="due"', '<camunda:property name="dew"', 1)))
    assert differences(said_by(text), said_by(text.replace("<bpmn:flowNodeRef>check</bpmn:flowNodeRef>", "", 1)))
