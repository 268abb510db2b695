"""H-06, H-05: no diagram reaches into another owner's process, no old or foreign state is read, and no hostile file harms the workbench."""
from __future__ import annotations

import http.server
import pickle
import threading
import time

import orjson
import pytest
import zstandard

from app.definitions import check
from app.engine import EngineError, load_process, look
from app.errors import ReleaseRefused
from app.operations import releases
from app.store import session
from app.store.models import Case, Process, Snapshot
from app.workbench import proposals
from tests.faults import hostile_scripts
from tests.support import builders


def calling(called: str):
    bundle = hostile_scripts.bundle("a = 1", "intruder")
    path = "processes/intruder/intruder.bpmn"
    text = bundle.files[path].decode()
    begin, rest = text.split("<scriptTask")
    changed = f'{begin}<callActivity id="work" name="计算" calledElement="{called}"/>{rest.split("</scriptTask>")[1]}'
    return type(bundle)(dict(bundle.files) | {path: changed.encode()})


def test_a_diagram_cannot_call_the_process_of_another_procedure(app, clock):
    builders.publish(clock=clock)
    bundle = calling("lending")
    assert any(finding.severity == "error" and "lending" in finding.message for finding in check(bundle))
    with pytest.raises(EngineError):
        load_process("intruder", bundle.files)
    with pytest.raises(ReleaseRefused):
        builders.publish(bundle, demo=False, clock=clock)


def test_a_procedure_cannot_take_over_the_process_of_another(app, clock):
    builders.publish(clock=clock)
    before = session().get(Process, "lending").release
    bundle = hostile_scripts.bundle("a = 1", "lending")    # a folder of its own, the id of the other one's process
    with pytest.raises(ReleaseRefused):
        builders.publish(bundle, demo=False, clock=clock)
    assert session().get(Process, "lending", populate_existing=True).release == before


class Ran:
    def __reduce__(self):
        return open, ("/tmp/never-made-by-a-pickle", "w")


STATES = {
    "a pickle": pickle.dumps(Ran()), "a packed pickle": zstandard.compress(pickle.dumps(Ran())), "an older layout": zstandard.compress(orjson.dumps({"v": 0, "p": "scripted"})),
    "a newer layout": zstandard.compress(orjson.dumps({"v": 2, "p": "scripted"})), "a serializer of the library": zstandard.compress(orjson.dumps({"serializer_version": "1.4", "typename": "BpmnWorkflow"})),
    "a list": zstandard.compress(b"[]"), "nothing": b"", "text": b"cos\nsystem\n(S'true'\ntR.", "a bomb": zstandard.compress(b"[" * 2_000_000),
}


@pytest.mark.parametrize("state", STATES)
def test_a_state_that_is_not_ours_is_refused_and_never_unpacked(state):
    process = load_process("scripted", hostile_scripts.bundle("a = 1").files)
    with pytest.raises(EngineError):
        look(process, STATES[state])


@pytest.mark.tampers
def test_a_case_with_a_foreign_state_stands_still_and_the_others_go_on(app, clock):
    from app.operations.timers import fire_due_timers

    healthy, broken = hostile_scripts.due_case("a = 1", clock, "healthy"), hostile_scripts.due_case("a = 1", clock, "broken")
    session().get(Snapshot, broken.id).state = STATES["a packed pickle"]
    session().commit()
    assert fire_due_timers(clock) == 1
    assert session().get(Case, broken.id).events == 1 and session().get(Case, healthy.id, populate_existing=True).events == 2


class Listening(http.server.BaseHTTPRequestHandler):
    asked: list = []

    def do_GET(self):
        self.asked.append(self.path)

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    Listening.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    assert Listening.asked == []


def hostile_files(address: str) -> dict[str, bytes]:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    whole = hostile_scripts.DIAGRAM
    head, rest = whole.split("\n", 1)
    return {
        "billion laughs": f'{head}<!DOCTYPE x [<!ENTITY a0 "ha">{laughs}]>{rest}'.replace("稍候", "&a9;").encode(),
        "external entity": f'{head}<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{rest}'.replace("稍候", "&a;").encode(),
        "external DTD": f'{head}<!DOCTYPE x SYSTEM "{address}/x.dtd">{rest}'.encode(),
        "XInclude": whole.replace("<process ", f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{address}/i"/><process ', 1).encode(),
        "a style sheet": f'{head}<?xml-stylesheet href="{address}/s.xsl"?>{rest}'.encode(),
        "depth 300": whole.replace("<laneSet", "<group>" * 300 + "</group>" * 300 + "<laneSet", 1).encode(),
        "UTF-16": whole.replace("UTF-8", "UTF-16", 1).encode("utf-16"), "UTF-7": whole.replace("UTF-8", "UTF-7", 1).encode(),
        "no XML": b"%PDF-1.7", "nothing": b"", "a schema elsewhere": whole.replace("<definitions ", f'<definitions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="x {address}/x.xsd" ', 1).encode(),
    }


def test_hostile_diagrams_in_a_proposal_harm_no_page_that_reads_them(app, clock, address):
    """H-05 by way of the workbench: saved as somebody types, then read by the change note, the findings and the overview."""
    builders.publish(clock=clock)
    builders.person("ada", "analyst", clock=clock)
    proposal = proposals.begin_proposal("lending-library", title="试", actor=builders.actor("ada"), clock=clock)
    browser = app.test_client()
    builders.sign_in(browser, "ada")
    headers = {"X-CSRFToken": builders.csrf_token(browser), "Referer": "http://localhost/"}
    path, version = "processes/lending-library/lending.bpmn", 0
    for name, content in hostile_files(address).items():
        began = time.process_time()
        saved = browser.put(f"/workbench/{proposal.id}/content/{path}", data=content, headers={**headers, "If-Match": f'"{version}"', "Content-Type": "text/plain"})
        if saved.status_code == 200:
            version = saved.json["version"]
        else:
            assert saved.status_code in (400, 413, 422), (name, saved.text)
        note = browser.get(f"/workbench/{proposal.id}/changes")
        assert note.status_code == 200 and "root:" not in note.text and "hahaha" not in note.text, name
        assert time.process_time() - began < 5, name
    too_large = browser.put(f"/workbench/{proposal.id}/content/{path}", data=b" " * 3_000_000, headers={**headers, "If-Match": f'"{version}"', "Content-Type": "text/plain"})
    assert too_large.status_code in (413, 422)
