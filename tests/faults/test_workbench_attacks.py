"""Attacks on the analysts' workbench: one analyst alone, somebody without the role, a foreign page, files made to hold up the service."""
import io
import random
import time
import zipfile
from datetime import timedelta

import pytest

from app.errors import ArchiveRefused, NotFound, ProposalRefused
from app.operations import releases
from app.workbench import exchange, filing, line_matching, merging, plays, proposals, rebasing, retiring
from app.workbench.playable import playable
from tests.support import bench, builders


@pytest.fixture
def office(app, clock):
    bench.people(clock)
    bench.publish(clock)
    clock.move_to(clock() + timedelta(hours=1))
    return app


@pytest.fixture
def ada(client, office):
    builders.sign_in(client, "ada")
    return client


def _post(client, address: str, **data):
    return client.post(address, data=data | {"csrf_token": builders.csrf_token(client)})


def _walk(client, proposal) -> str:
    answer = _post(client, f"/workbench/{proposal.id}/play", start=f"{bench.NAME} ", name="李", key="li", role="requester", clock="2026-03-02T09:00")
    assert answer.status_code == 303 and answer.location.rpartition("/")[2].isdecimal(), answer.text
    return answer.location


def test_a_draft_that_was_walked_is_no_release_to_go_back_to(ada, clock):
    """H-09: a walk publishes the draft in its own database, in the same process; nothing of that counts in the real one."""
    proposal, current = bench.changed(clock), releases.current_release(bench.NAME)
    _walk(ada, proposal)
    digest = playable(proposals.bundle_of(proposal)).digest
    with pytest.raises(NotFound):
        releases.procedure_of(digest)
    with pytest.raises(NotFound):
        retiring.go_back(bench.NAME, digest, reason="急", actor=builders.actor("ada"), clock=clock)
    _post(ada, f"/workbench/procedures/{bench.NAME}/back", digest=digest, reason="急")
    assert releases.current_release(bench.NAME) == current


def test_there_is_no_workbench_inside_of_a_walk(ada, clock):
    walk = _walk(ada, bench.changed(clock))
    _post(ada, f"{walk}/people", name="管", key="boss", role="analyst")
    for path in ("workbench", "workbench/1", "workbench/procedures/x"):
        assert ada.get(f"{walk}/as/li/{path}").status_code == 404


def test_a_foreign_page_can_do_nothing_inside_of_a_walk(ada, clock):
    """The address is open without our token, because the pages inside check one of their own."""
    proposal = bench.changed(clock)
    walk = _walk(ada, proposal)
    before = plays.play_of(proposal.id, int(walk.rpartition("/")[2])).steps
    answer = ada.post(f"{walk}/as/li/start/{bench.NAME}", data={"reason": "x", "csrf_token": "none"})
    assert answer.status_code in (403, 404, 405)
    assert plays.play_of(proposal.id, int(walk.rpartition("/")[2])).steps == before
    assert not answer.headers.getlist("Set-Cookie") or "pingshen" not in str(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("path, content", [
    ("processes/p/a.bpmn", b"<process " * 200_000), ("processes/p/a.dmn", b"<decision x" + b" name" * 300_000), ("forms/p/a.yml", b"title: a" + b" " * 1_900_000 + b"b"),
    ("forms/p/a.yml", b"title: a\n" * 200_000), ("processes/p/a.bpmn", b'<process name="' * 100_000),
])
def test_no_file_holds_up_the_page_that_lists_it(path, content):
    begun = time.monotonic()
    filing.title_of(path, content)
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_packed_in_a_way_that_takes_memory_is_refused(method):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("forms/p/a.yml", b"title: a\n" * 10)
    with pytest.raises(ArchiveRefused):
        exchange.unpack(made.getvalue())


@pytest.mark.parametrize("path", ["forms/parking-permit/./apply.yml", "forms/parking-permit/../x/apply.yml", "forms/other/apply.yml", "/etc/passwd.yml", "forms/parking-permit/a/b/c.yml",
                                  "forms/parking-permit/a\n.yml", "forms/parking-permit/.hidden.yml"])
def test_a_file_has_one_name_inside_of_its_procedure(office, clock, path):
    with pytest.raises(ProposalRefused):
        bench.save(bench.changed(clock), path, b"title: x\n", clock)


@pytest.mark.parametrize("text", ["[" * 200_000, "a: " + "{" * 200_000, "- " * 100_000, "? " * 100_000, "[[]," * 100_000])
def test_a_text_of_brackets_alone_does_not_end_the_service(ada, clock, text):
    """The C reader of YAML goes down by calling itself: this was the end of the whole process, by anybody who may look."""
    proposal = bench.changed(clock)
    token = {"X-CSRFToken": builders.csrf_token(ada)}
    asked = ada.post(f"/workbench/{proposal.id}/forms/apply/edit", json={"text": text, "edits": [{"op": "set", "path": ["title"], "value": "x"}]}, headers=token)
    assert asked.status_code < 500
    bench.save(proposal, bench.FORM, text.encode(), clock)
    assert ada.get(f"/workbench/{proposal.id}/findings").status_code == 200
    assert rebasing.fault_in(bench.FORM, text.encode())


def test_texts_of_the_same_line_over_and_over_are_compared_at_once():
    begun = time.monotonic()
    pieces = merging.merge("a\n" * 200_000, "b\n" + "a\n" * 199_000 + "c\n", "a\n" * 200_001)
    line_matching.opcodes(["a", "b"] * 100_000, ["b", "a", "a"] * 60_000)
    assert time.monotonic() - begun < 5 and pieces


def test_a_comparison_leaves_no_line_out():
    dice = random.Random(5)
    for _ in range(300):
        old, new = ([dice.choice("abcd") for _ in range(dice.randrange(12))] for _side in "ab")
        at = [0, 0]
        for operation, a, b, c, d in line_matching.opcodes(old, new):
            assert [a, c] == at and (operation == "equal") == (old[a:b] == new[c:d])
            at = [b, d]
        assert at == [len(old), len(new)]


@pytest.mark.parametrize("data", [
    {"do": "preview-row-save", "row_table": "reason", "row_number": "x"}, {"do": "x", "carried": "[" * 100_000}, {"do": "x", "carried": '{"reason": {"a": [1]}, "other": 5}'},
    {"do": "row-add:reason"}, {"do": "row-edit:reason:99999999999999"},
])
def test_a_preview_takes_whatever_it_is_sent(ada, clock, data):
    here = f"/workbench/{bench.changed(clock).id}/forms/apply/preview"
    assert _post(ada, here, **data).status_code == 200
    assert ada.get(f"{here}?_external=1&_scheme=evil&section=1&key=x&proposal_id=2").status_code == 200


PAGES = ("", "/diagrams", f"/diagrams/{bench.NAME}", "/diagrams/vocabulary.json", "/diagrams/templates.json", "/forms", "/forms/apply", "/forms/apply/preview", "/forms/apply/used-by", "/reports",
         "/findings", "/findings.json", "/play", "/scenarios", "/scenarios/state", "/what-if", "/changes", "/publishing", "/export.zip", f"/files/{bench.ROLES}")
RUINS = {
    "a diagram of nothing": {bench.DIAGRAM: b"x"}, "a diagram that is not run": {bench.DIAGRAM: bench.files()[bench.DIAGRAM].replace(b"<bpmn:userTask ", b"<bpmn:manualTask ").replace(b"</bpmn:userTask>", b"</bpmn:manualTask>")},
    "files that are no text": {bench.FORM: b"\xff\xfe\x00", bench.ROLES: b"\xff", bench.DIAGRAM: b"\xff\xfe<\x00"},
    "lists for mappings": {bench.FORM: b"- [1]\n", bench.ROLES: b"1\n"},
}


@pytest.mark.parametrize("ruin", RUINS)
def test_no_file_breaks_a_page_of_the_workbench(ada, clock, ruin):
    proposal = bench.changed(clock)
    for path, content in RUINS[ruin].items():
        bench.save(proposal, path, content, clock)
    broken = {page: answer.status_code for page in PAGES if (answer := ada.get(f"/workbench/{proposal.id}{page}")).status_code >= 500}
    begun = _post(ada, f"/workbench/{proposal.id}/play", start=f"{bench.NAME} ", name="李", key="li", role="requester", clock="2026-03-02T09:00")
    assert broken == {} and begun.status_code < 500
