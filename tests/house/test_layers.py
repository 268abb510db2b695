"""The greps of the house rules: who may import what, where the one commit stands, and that no procedure is named in app/."""
import re
from pathlib import Path

import pytest
import yaml
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "app"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


def _python_files():
    return [path for path in APP.rglob("*.py") if "node_modules" not in path.parts]


def _lines_matching(pattern: str, files=None):
    expression = re.compile(pattern)
    for path in files or _python_files():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if expression.search(line):
                yield f"{path.relative_to(ROOT)}:{number}: {line.strip()}"


def test_only_the_engine_imports_spiffworkflow():
    found = [line for line in _lines_matching(r"^\s*(from|import) SpiffWorkflow") if not line.startswith("app/engine/")]
    assert found == []


def test_only_routes_and_the_web_shell_use_the_request_and_g():
    pattern = r"^\s*from flask import .*\b(request|g|session)\b|flask\.(request|g)\b"
    allowed = ("app/routes/", "app/sandbox/")
    assert [line for line in _lines_matching(pattern) if not line.startswith(allowed)] == []


def test_only_the_store_uses_the_session_of_the_database():
    assert [line for line in _lines_matching(r"\bdb\.session\b") if not line.startswith("app/store/")] == []


def test_there_is_one_commit():
    lines = [line for line in _lines_matching(r"session\.commit\(") if not line.startswith("app/sandbox/")]
    assert len(lines) == 1 and lines[0].startswith("app/store/")


def test_nothing_evaluates_python_or_unpickles():
    assert list(_lines_matching(r"(^|[^._a-zA-Z])(eval|exec)\(|pickle\.loads?\(")) == []


LAYERS = {
    "engine": {"store", "operations", "routes", "rendering", "definitions"},
    "definitions": {"store", "operations", "routes", "rendering", "engine"},
    "rendering": {"store", "operations", "routes", "engine"},
    "store": {"operations", "routes", "rendering", "definitions", "engine"},
    "expressions": {"store", "operations", "routes", "rendering", "definitions", "engine"},
    "operations": {"routes"},
}


@pytest.mark.parametrize("layer", LAYERS)
def test_arrows_between_the_layers_go_one_way(layer):
    forbidden = "|".join(sorted(LAYERS[layer]))
    pattern = rf"^\s*(from app\.({forbidden})\b|from app import .*\b({forbidden})\b|import app\.({forbidden})\b)"
    assert list(_lines_matching(pattern, (APP / layer).rglob("*.py"))) == []


# What the service itself knows of a person (`actor.profile`); a form that asks for the same calls it the same.
OF_PEOPLE = {"id_type", "id_number", "birth_date", "document_number"}


def _names_of_the_procedures() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "processes").rglob("*.bpmn"):
        root = etree.fromstring(path.read_bytes())
        names |= {node.get("id") for node in root.iter() if node.get("id") and str(node.tag).startswith(BPMN)}
    for path in (ROOT / "processes").rglob("roles.yml"):
        names |= set(yaml.safe_load(path.read_text("utf-8")))
    for path in (ROOT / "forms").rglob("*.yml"):
        names.add(path.stem)
        names |= _field_keys(yaml.safe_load(path.read_text("utf-8")))
    names |= {path.stem for path in (ROOT / "reports").rglob("*.html")}
    names |= {path.name for path in (ROOT / "processes").iterdir()}
    # One plain English word ("name", "title", "sex") says nothing; two words joined do.
    return {name for name in names if re.search(r"[a-z][_-][a-z]", name or "") and len(name) > 6} - OF_PEOPLE


def _field_keys(node) -> set[str]:
    if isinstance(node, dict):
        own = {node["key"]} if isinstance(node.get("key"), str) and "type" in node else set()
        return own.union(*(_field_keys(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(_field_keys(value) for value in node))
    return set()


def test_no_name_of_a_procedure_occurs_in_the_service():
    names = _names_of_the_procedures()
    assert len(names) > 50, "the test looks at the real procedures"
    pattern = r"(?<![\w-])(" + "|".join(sorted(map(re.escape, names))) + r")(?![\w-])"
    files = _python_files() + [path for path in (APP / "templates").rglob("*.html")]
    assert list(_lines_matching(pattern, files)) == []


def test_every_form_key_of_a_diagram_has_a_form_and_every_report_a_template():
    for folder in (ROOT / "processes").iterdir():
        forms = {path.stem for path in (ROOT / "forms" / folder.name).glob("*.yml")}
        for path in folder.glob("*.bpmn"):
            root = etree.fromstring(path.read_bytes())
            keys = set(root.xpath("//@c:formKey", namespaces={"c": "http://camunda.org/schema/1.0/bpmn"}))
            assert keys <= forms, f"{path.name}: {keys - forms}"
        reports = yaml.safe_load((ROOT / "reports" / folder.name / "reports.yml").read_text("utf-8"))
        templates = {path.stem for path in (ROOT / "reports" / folder.name).glob("*.html")}
        assert set(reports) <= templates


def test_every_lane_of_a_diagram_has_a_role_that_is_defined():
    for folder in (ROOT / "processes").iterdir():
        roles = set(yaml.safe_load((folder / "roles.yml").read_text("utf-8")))
        for path in folder.glob("*.bpmn"):
            for lane in etree.fromstring(path.read_bytes()).iter(f"{BPMN}lane"):
                given = lane.xpath(".//*[local-name()='property'][@name='role']/@value")
                if given:
                    assert set(given) <= roles, f"{path.name} {lane.get('name')}"
