"""假设分析 as pages: asked, answered, exported; test rows typed and checked."""
import re

import pytest

from app.clock import PretendClock
from app.workbench import proposals
from tests.support import builders
from tests.whole.walks import Walk
from tests.workbench.test_what_if import SCENARIOS, TABLE, propose


@pytest.fixture
def walked(app, clock):
    builders.publish(clock=clock)
    builders.person("ada", "analyst", clock=clock)
    walk = Walk(SCENARIOS / "borrowed_elsewhere_and_late.yml", PretendClock(builders.MONDAY)).start()
    walk.walk()
    return walk.case().number


@pytest.fixture
def analyst(walked, client):
    builders.sign_in(client, "ada")
    return client


def test_the_page_says_what_is_changed_and_which_cases_would_differ(walked, analyst, clock):
    proposal = propose(clock, TABLE, ("<text>500</text>", "<text>800</text>"))
    page = analyst.get(f"/workbench/{proposal.id}/what-if").text
    assert "第 3 行：“500”改为“800”" in page and "开始分析" in page
    page = analyst.get(f"/workbench/{proposal.id}/what-if?go=1&element=fine_rule&most=50").text
    assert "1 件会走另一条路" in page and "金额（分） = 500" in page and "金额（分） = 800" in page and "王小满" not in page.split("<main")[1]
    book = analyst.get(f"/workbench/{proposal.id}/what-if/excel?go=1&element=fine_rule")
    assert book.status_code == 200 and book.data[:2] == b"PK"


def test_many_cases_are_looked_at_by_the_worker(walked, analyst, clock):
    from app import jobs

    proposal = propose(clock, TABLE, ("<text>500</text>", "<text>800</text>"))
    begun = analyst.post(f"/workbench/{proposal.id}/what-if/jobs", data={"csrf_token": builders.csrf_token(analyst), "element": "fine_rule", "most": "10000"})
    assert begun.status_code == 303 and "hx-trigger" in analyst.get(begun.location).text
    jobs.run_jobs(clock)
    assert "1 件会走另一条路" in analyst.get(begun.location).text


def test_a_proposal_that_cannot_run_says_so(walked, analyst, clock):
    proposal = propose(clock, TABLE, ("</definitions>", ""))
    assert "方案现在不能运行" in analyst.get(f"/workbench/{proposal.id}/what-if").text


def test_the_editor_of_tables_is_told_of_gaps(walked, analyst, clock):
    proposal = propose(clock, TABLE, ("<text>&lt;= 3</text>", "<text>&gt; 3</text>"))
    told = analyst.get(f"/workbench/{proposal.id}/what-if/gaps?path={TABLE}").json["problems"]
    assert {"unreached"} == {one["kind"] for one in told} and told[0]["rules"] == [3]
    assert analyst.get(f"/workbench/{proposal.id}/what-if/gaps?path=nothing").status_code == 404


def test_test_rows_are_typed_and_checked(walked, analyst, clock):
    proposal = propose(clock, TABLE, ("<text>500</text>", "<text>800</text>"))
    address = f"/workbench/{proposal.id}/what-if/tables/fine"
    page = analyst.get(address).text
    assert "没有空缺" in page and "成人" in page
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    typed = {"csrf_token": builders.csrf_token(analyst), "version": version, "row": ["0", "1", "2"], "given.0.0": "5", "given.0.1": "adult", "expect.0.0": "800",
             "given.1.0": "2", "expect.1.0": "7", "note.1": "不收"}
    page = analyst.post(address, data=typed, follow_redirects=True).text
    assert page.count("circle-check") >= 1 and "amount 应为 7，实为 0" in page
    saved = proposals.read_file(proposals.proposal_of(proposal.id), "processes/lending-library/tables/fine.yml").content.decode()
    assert "amount: 800" in saved and saved.count("- ") == 2
    refused = analyst.post(address, data=typed | {"version": "0"})
    assert refused.status_code == 409
