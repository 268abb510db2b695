"""Hostile definitions: programs in expression places (H-01), XML tricks (H-05), reserved names (H-04), links and sizes."""
import http.server
import os
import threading
import time

import pytest

from app.definitions import DefinitionError, load_form, load_scenario, read_folder
from app.definitions.diagrams import read_diagram
from tests.definitions.sample import DIAGRAM, FORM, REPORTS, SCENARIO, TABLE, codes_of, diagram

CANARY = "pingshen-canary"
PAYLOADS = [
    "__import__('os').system('touch {canary}')",
    "().__class__.__bases__[0].__subclasses__()",
    "(lambda: open('{canary}', 'w'))()",
    "f\"{open('{canary}', 'w')}\"",
    "eval('open(\"{canary}\", \"w\")')",
    "exec('open(\"{canary}\", \"w\")')",
    "[x for x in open('{canary}', 'w')]",
    "form.__class__.__init__.__globals__",
    "''.format.__self__",
    "${T(java.lang.Runtime).getRuntime().exec('touch {canary}')}",
    "9**9**9",
    "import os; os.system('touch {canary}')",
    "getattr(form, 'x')",
    "_add(1, 2)",
]


def quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def in_yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


PLACES = {
    "condition": (DIAGRAM, 'outcome == "grant"', quoted),
    "flow when": (DIAGRAM, "vars.fee.amount &gt; 0", quoted),
    "script": (DIAGRAM, "days = 5", lambda text: "days = " + quoted(text)),
    "whole script": (DIAGRAM, "days = 5", quoted),
    "timer duration": (DIAGRAM, "P30D", quoted),
    "timer date": (DIAGRAM, "form.request.day", quoted),
    "collection": (DIAGRAM, 'camunda:collection="form.request.rows"', lambda text: f'camunda:collection="{quoted(text)}"'),
    "completion condition": (DIAGRAM, "vars.days &gt; 3", quoted),
    "service input": (DIAGRAM, ">case.parties.office<", lambda text: f">{quoted(text)}<"),
    "service output": (DIAGRAM, "result.at", quoted),
    "lane scope": (DIAGRAM, "case.starter", quoted),
    "boundary when": (DIAGRAM, "case.visits.look == 1", quoted),
    "due": (DIAGRAM, "workdays_after(today, 5)", quoted),
    "summary": (DIAGRAM, "form.request.name", quoted),
    "table input": (TABLE, "form.request.kind", quoted),
    "table cell": (TABLE, '"big","small"', quoted),
    "table output": (TABLE, "100 * 2", quoted),
    "shown_when": (FORM, "shown_when: answers.kind != \"none\"", lambda text: "shown_when: " + in_yaml(text)),
    "required_when": (FORM, "required_when: length(answers.name) > 0", lambda text: "required_when: " + in_yaml(text)),
    "default": (FORM, "actor.name", in_yaml),
    "generated": (FORM, "'\"甲\" + answers.name'", in_yaml),
    "not_before": (FORM, "not_before: today", lambda text: "not_before: " + in_yaml(text)),
    "field scope": (FORM, "scope: case.starter", lambda text: "scope: " + in_yaml(text)),
    "valid_when": (FORM, "'answers.kind != \"x\"'", in_yaml),
    "row_valid_when": (FORM, "'row.count > 0'", in_yaml),
    "report available_when": (REPORTS, "'form.request.name != null'", in_yaml),
}


@pytest.fixture
def canary(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield tmp_path / CANARY
    assert not (tmp_path / CANARY).exists()


@pytest.mark.parametrize("place", PLACES)
def test_a_program_in_an_expression_place_is_refused_and_never_runs(place, canary):
    path, old, write = PLACES[place]
    for payload in PAYLOADS:
        codes = codes_of((path, old, write(payload.replace("{canary}", str(canary)))))
        assert codes & {"expression", "unknown-function", "definition"}, (place, payload, codes)


@pytest.mark.parametrize("language", ["python", "javascript", "groovy", "juel", ""])
def test_a_script_in_a_programming_language_is_refused(language):
    assert "script-format" in codes_of((DIAGRAM, 'scriptFormat="cel"', f'scriptFormat="{language}"'))


@pytest.mark.parametrize("name", ["__builtins__", "_x", "len", "case", "vars", "form", "ｃａｓｅ", "ｌｅｎ", "naïve", "length", "a b"])
def test_a_field_name_that_means_something_else_is_refused(name):
    codes = codes_of((FORM, "key: note", f"key: '{name}'"))
    assert codes & {"reserved-name", "definition"}


class Visited(http.server.BaseHTTPRequestHandler):
    visits: list = []

    def do_GET(self):
        self.visits.append(self.path)

    def log_message(self, *args):
        pass


@pytest.fixture
def listener():
    Visited.visits = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Visited)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    assert Visited.visits == []


def with_prologue(prologue: str, name: str = "Permit") -> bytes:
    head, rest = diagram().split("\n", 1)
    return f"{head}\n{prologue}\n{rest}".replace('name="Permit"', f'name="{name}"', 1).encode()


def xml_attacks(address: str) -> dict[str, bytes]:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    whole = diagram()
    return {
        "billion laughs": with_prologue(f'<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>', "&a9;"),
        "quadratic": with_prologue(f'<!DOCTYPE x [<!ENTITY a "{"x" * 50_000}">]>', "&a;" * 5_000),
        "external entity, file": with_prologue('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
        "external entity, network": with_prologue(f'<!DOCTYPE x [<!ENTITY a SYSTEM "{address}/a">]>', "&a;"),
        "external DTD": with_prologue(f'<!DOCTYPE x SYSTEM "{address}/x.dtd">'),
        "internal entity": with_prologue('<!DOCTYPE x [<!ENTITY a "Permit">]>', "&a;"),
        "lower case doctype": with_prologue("<!doctype x>"),
        "XInclude": whole.replace("<bpmn:process ", f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                                                    f'href="{address}/i" /><bpmn:process ', 1).encode(),
        "depth 300": whole.replace("<bpmn:laneSet", "<bpmn:group>" * 300 + "</bpmn:group>" * 300 + "<bpmn:laneSet", 1).encode(),
        "depth 100": whole.replace("<bpmn:laneSet", "<bpmn:group>" * 100 + "</bpmn:group>" * 100 + "<bpmn:laneSet", 1).encode(),
        "50 MB": whole.encode() + b" " * 50_000_000,
        "UTF-7": whole.replace("UTF-8", "UTF-7", 1).encode(),
        "UTF-16": whole.replace("UTF-8", "UTF-16", 1).encode("utf-16"),
        "UTF-16 without a mark": whole.replace("UTF-8", "UTF-16", 1).encode("utf-16-le"),
        "GBK": whole.replace("UTF-8", "GBK", 1).replace("Permit", "许可").encode("gbk"),
        "NUL": whole.replace("Permit", "Per\x00mit", 1).encode(),
        "no XML": b"%PDF-1.7",
        "nothing": b"",
    }


@pytest.mark.parametrize("attack", xml_attacks(""))
def test_harmful_xml_is_refused_at_once_and_asks_nobody(attack, listener):
    content = xml_attacks(listener)[attack]
    started = time.monotonic()
    with pytest.raises(DefinitionError):
        read_diagram(content, "x.bpmn")
    assert time.monotonic() - started < 1


def test_a_harmful_diagram_is_a_finding_with_its_line():
    codes = codes_of(files={DIAGRAM: with_prologue('<!DOCTYPE x [<!ENTITY a "Permit">]>', "&a;")})
    assert "unsafe-xml" in codes


def test_a_harmful_decision_table_is_refused_too():
    assert "unsafe-xml" in codes_of((TABLE, "<definitions", '<!DOCTYPE x [<!ENTITY a "b">]><definitions'))


@pytest.mark.parametrize("text", [
    "a: &x [1]\nb: *x", "a: !!python/object/apply:os.system ['touch x']", "a: !x 1", "<<: {a: 1}", "[" * 500, "a: {" * 100,
    "- a\nb: c", "title: x\ttab\n\t- y", b"\xff\xfe\x00", "a: 1\na: 2", "? [1]\n: 2", "x" * 3_000_000,
])
def test_harmful_yaml_is_refused(text):
    with pytest.raises(DefinitionError):
        load_form(text, "forms/x/y.yml")


def test_a_pattern_that_never_ends_is_refused():
    assert "definition" in codes_of((FORM, "format: phone", "pattern: '(a+)+$'"))


@pytest.mark.parametrize("sample", ["../../../../etc/passwd", "/etc/passwd", "../../../other/processes/x.yml"])
def test_a_scenario_reads_no_file_outside(sample):
    assert "unknown-sample" in codes_of((SCENARIO, "samples/request.yml", sample))
    with pytest.raises(DefinitionError):
        load_scenario("process: [", "s.yml")


def test_a_link_that_leaves_the_folder_is_refused(tmp_path):
    folder = tmp_path / "all" / "processes" / "p"
    folder.mkdir(parents=True)
    (tmp_path / "secret.bpmn").write_text("x")
    os.symlink(tmp_path / "secret.bpmn", folder / "p.bpmn")
    with pytest.raises(DefinitionError, match="目录之外"):
        read_folder(tmp_path / "all")
    (folder / "p.bpmn").unlink()
    os.symlink(tmp_path, folder / "scenarios")
    with pytest.raises(DefinitionError):
        read_folder(tmp_path / "all")


def test_a_file_above_2_mb_and_a_pipe_are_refused(tmp_path):
    folder = tmp_path / "forms" / "p"
    folder.mkdir(parents=True)
    (folder / "x.yml").write_bytes(b"#" * 2_000_001)
    with pytest.raises(DefinitionError, match="2 MB"):
        read_folder(tmp_path)
    (folder / "x.yml").unlink()
    os.mkfifo(folder / "x.yml")
    with pytest.raises(DefinitionError):
        read_folder(tmp_path)
