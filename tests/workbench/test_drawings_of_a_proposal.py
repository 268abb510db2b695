"""The list of diagrams and tables: added, copied, renamed, taken out and brought back, by analysts alone."""
from __future__ import annotations

import pytest

from app.clock import PretendClock
from app.workbench import diagramming, proposals
from tests.support import builders
from tests.workbench.benches import begin, bench_app


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with bench_app(tmp_path_factory.mktemp("drawings"), PretendClock(builders.MONDAY)) as app:
        yield app


@pytest.fixture
def bench(library):
    """An analyst in a browser before the list of the diagrams of a proposal: (client, proposal, post)."""
    client, proposal = library.test_client(), begin(library)
    builders.sign_in(client, "ada")
    token = builders.csrf_token(client)

    def post(path="", **fields):
        return client.post(f"/workbench/{proposal.id}/diagrams{path}", data={"csrf_token": token, **fields})
    return client, proposal, post


def _states(proposal):
    return {one.stem: one.state for one in diagramming.drawings_of(proposal)}


def test_a_diagram_is_added_under_a_name_and_opens(bench):
    client, proposal, post = bench
    answer = post(kind="diagram", title="延期审批", name="extension")
    assert answer.status_code == 303
    assert "延期审批" in client.get(answer.location).text
    assert _states(proposal)["extension"] == "new"


def test_a_table_is_copied_renamed_taken_out_and_brought_back(bench):
    client, proposal, post = bench
    assert post("/tables/fine/copy", name="fine-2").status_code == 303
    assert post("/tables/fine-2/rename", name="late-fine").status_code == 303
    states = _states(proposal)
    assert (states["late-fine"], states["fine-2"], states["fine"]) == ("new", "gone", "")
    post("/tables/fine/remove")
    assert _states(proposal)["fine"] == "gone"
    post("/tables/fine/restore")
    assert proposals.read_file(proposal, "processes/lending-library/fine.dmn").content == proposals.base_files(proposal)["processes/lending-library/fine.dmn"]


@pytest.mark.parametrize("fields", [{"name": "Grosse", "title": "x"}, {"name": "lending", "title": "x"}, {"name": "../x", "title": "x"}, {"name": "fresh", "title": " "}, {"name": "check", "title": "x"}])
def test_a_name_that_cannot_be_used_is_refused_with_a_reason(bench, fields):
    client, proposal, post = bench
    before = _states(proposal)
    answer = post(kind="diagram", **fields)
    assert answer.status_code == 303 and "没有保存：" in client.get(answer.location).text
    assert _states(proposal) == before


def test_the_list_says_what_changed_and_what_is_wrong(bench):
    client, proposal, post = bench
    post(kind="diagram", title="延期审批", name="extension")
    page = client.get(f"/workbench/{proposal.id}/diagrams").text
    assert "新加" in page and "处错误" in page and "图书借阅" in page


def test_an_auditor_reads_the_picture_and_changes_nothing(bench):
    client, proposal, _post = bench
    builders.sign_in(client, "eve")
    page = client.get(f"/workbench/{proposal.id}/diagrams/lending").text
    assert 'data-edit=""' in page and "只能查看" in page
    token = builders.csrf_token(client)
    assert client.post(f"/workbench/{proposal.id}/diagrams", data={"csrf_token": token, "kind": "diagram", "title": "x", "name": "x1"}).status_code == 403
    assert client.post(f"/workbench/{proposal.id}/diagrams/expression", json={"text": "1"}, headers={"X-CSRFToken": token}).status_code == 403


def test_a_diagram_that_is_not_there_is_not_found(bench):
    client, proposal, _post = bench
    for name in ("nothing", "..%2Fx", "tables/nothing"):
        assert client.get(f"/workbench/{proposal.id}/diagrams/{name}").status_code == 404
