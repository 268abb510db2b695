"""Playing a proposal through the pages: as one person after another, back and on, kept as a scenario that runs green."""
import json
import re
import sqlite3
import threading

import pytest
from lxml import html

from app.connectors import lookups
from app.operations.cases import start_case
from app.store import session
from app.store.models import Case, Notice, Outbox
from app.workbench import plays, proposals, scenarios
from app.workbench.models import Play
from tests.support import builders


@pytest.fixture
def proposal(app, clock):
    builders.publish(clock=clock)
    builders.person("ada", "analyst", clock=clock)
    return proposals.begin_proposal("lending-library", title="试走", actor=builders.actor("ada"), clock=clock)


@pytest.fixture
def ada(client, proposal):
    builders.sign_in(client, "ada")
    return client


@pytest.fixture
def walk(ada, proposal):
    return Walked(ada, proposal)


class Walked:
    """A walk as the page shows it."""

    def __init__(self, client, proposal, **form):
        self.client, self.proposal = client, proposal
        self.at = f"/workbench/{proposal.id}/play"
        answer = self._post(self.at, {"start": "lending reader_wang", "clock": "2026-03-02T09:00"} | form)
        assert answer.status_code == 303, answer.text
        self.address = answer.location
        self.id = int(self.address.rpartition("/")[2])

    def _post(self, address, data):
        return self.client.post(address, data=data | {"csrf_token": builders.csrf_token(self.client)})

    def press(self, what, **data):
        answer = self._post(f"{self.address}/{what}", data)
        assert answer.status_code == 303
        return self.page()

    def page(self):
        answer = self.client.get(self.address)
        assert answer.status_code == 200, answer.text
        return answer.text

    def real(self, person, path, **data):
        """A real page inside; with data it is sent as its own form would."""
        address = f"{self.address}/as/{person}/{path}"
        page = self.client.get(address)
        if not data:
            return page
        form = next(form for form in html.fromstring(page.text).forms if form.get("id") == "filling")
        filled = {name: [value for key, value in form.form_values() if key == name] for name in dict(form.form_values())}
        return self.client.post(address, data=filled | data)

    def task(self, person):
        """The address inside of the first task that the page offers this person."""
        return re.search(rf'/as/{person}/(tasks/[^"]+)"', self.page())[1]

    def sample(self, person):
        task = self.task(person)
        answer = self._post(f"{self.address}/fill", {"task": task.partition("/")[2], "person": person, "which": "0"})
        assert answer.status_code == 303
        return task

    def play(self):
        session().rollback()
        return plays.play_of(self.proposal.id, self.id)

    def open(self):
        steps = self.play().steps[: self.play().position]
        return steps[-1]["after"]["main"]["open"] if steps else None


def test_a_walk_over_the_real_pages_goes_back_two_steps_and_on_and_is_kept_as_a_green_scenario(app, clock, walk):
    task = walk.sample("reader_wang")
    assert "十万个为什么" in walk.real("reader_wang", task).text
    done = walk.real("reader_wang", task, do="decide:submit")
    assert "data-step-done" in done.text and walk.open() == ["check"]
    task = walk.task("librarian_zhao")
    refused = walk.real("librarian_zhao", task, do="decide:lend")
    assert refused.status_code == 422 and "data-step-done" not in refused.text and walk.play().position == 1
    assert "data-step-done" in walk.real("librarian_zhao", task, in_stock="true", do="decide:lend").text
    assert walk.open() == ["hand_out"]
    walk.press("step", do="wait", duration="P1D")
    walk.press("back", position=1)
    assert walk.play().position == 1 and len(walk.play().steps) == 3
    task = walk.task("librarian_zhao")
    confirm = walk.real("librarian_zhao", task, do="decide:refuse", in_stock="true")
    assert "data-step-done" not in confirm.text
    key = re.search(r'name="key" value="([^"]+)"', confirm.text)[1]
    token = confirm.text.split('name="csrf-token" content="')[1].split('"')[0]
    answer = walk.client.post(f"{walk.address}/as/librarian_zhao/{task}/decisions/refuse", data={"csrf_token": token, "key": key, "reason": "读者证已过期"})
    assert "data-step-done" in answer.text
    steps = walk.play().steps
    assert len(steps) == 2 and steps[1]["after"]["main"]["ended"] == "refused" and steps[1]["do"]["reason"] == "读者证已过期"
    answer = walk._post(f"{walk.address}/keep", {"name": "expired_card", "title": "读者证过期，不予出借"})
    assert answer.location.endswith("/scenarios")
    text = proposals.read_file(proposals.proposal_of(walk.proposal.id), "processes/lending-library/scenarios/expired_card.yml").content.decode()
    assert "answers_from: samples/request.yml" in text and "expect: {ended: refused}" in text
    assert scenarios.run_waiting(clock) == 1
    found = {one.path.rpartition("/")[2]: one for one in scenarios.outcomes_of(proposals.proposal_of(walk.proposal.id))}
    assert found["expired_card.yml"].state == "green", found["expired_card.yml"].outcome.reason
    assert session().query(Case).count() == 0  # nothing real was touched


def test_two_steps_at_the_same_moment_are_two_steps_one_after_the_other(app, clock, walk):
    walk.real("reader_wang", walk.sample("reader_wang"), do="decide:submit")
    ready, proposal_id = threading.Barrier(2), walk.proposal.id  # read here: the row belongs to this thread's session

    def press():
        with app.app_context():
            play = plays.play_of(proposal_id, walk.id)
            ready.wait(20)
            plays.go_on(play, {"wait": "PT1H"}, "过了一小时", clock=clock)
            session().remove()

    pressing = [threading.Thread(target=press) for _each in range(2)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join(60)
    steps = walk.play().steps
    assert walk.play().position == 3 and [step["do"] for step in steps[1:]] == [{"wait": "PT1H"}] * 2
    assert steps[1]["at"] < steps[2]["at"]


def test_a_walk_is_made_again_from_its_steps_when_its_database_is_gone(walk):
    walk.real("reader_wang", walk.sample("reader_wang"), do="decide:submit")
    folder = plays.folder_of(plays.playground(), walk.id)
    for path in folder.iterdir():
        path.unlink()
    assert "审核" in walk.page() and walk.open() == ["check"] and walk.task("librarian_zhao")


def test_the_clock_fires_timers_on_the_way_and_the_outside_is_answered_as_the_analyst_says(walk):
    walk.real("reader_wang", walk.sample("reader_wang"), do="decide:submit")
    walk.real("librarian_zhao", walk.task("librarian_zhao"), in_stock="true", do="decide:lend")
    walk.real("librarian_zhao", walk.sample("librarian_zhao"), do="decide:submit")
    page = walk.press("step", do="timer")
    assert "到下一个定时" in page
    walk.press("step", do="stand_ins", mode="wait")
    walk.press("step", do="until", until="2026-04-20T09:00")
    page = walk.page()
    assert "2026年4月20日 09:00" in page and walk.open() == ["overdue_return"]
    task = walk.task("librarian_zhao")
    walk.real("librarian_zhao", task, returned_on="2026-04-20", damage="无", do="decide:returned")
    assert "等外部系统应答" in walk.page()
    page = walk.press("step", do="answer", element="order", way="bad", reason="银行维护")
    assert "上次失败：银行维护" in page
    page = walk.press("step", do="answer", element="order", way="good")
    assert "等外部消息 paid" in page
    walk.press("step", do="message", message="paid")
    assert walk.play().steps[-1]["after"]["main"]["ended"] == "settled"
    written = json.dumps([step["do"] for step in walk.play().steps], ensure_ascii=False)
    assert '"fails": "银行维护"' in written and '"stand_ins": "wait"' in written


def test_a_changed_proposal_is_walked_again_and_the_page_says_where_it_goes_elsewhere(walk, clock):
    walk.real("reader_wang", walk.sample("reader_wang"), do="decide:submit")
    path = "processes/lending-library/lending.bpmn"
    found = proposals.read_file(proposals.proposal_of(walk.proposal.id), path)
    changed = re.sub(rb'(?<!formKey=")(?<![.\w])check(?![\w.])', b"look_over", found.content)
    proposals.save_file(walk.proposal.id, path, changed, expected=0, actor=builders.actor("ada"), clock=clock)
    assert "方案在这次试走之后改过" in walk.page()
    page = walk.press("again")
    assert "原来在 check，现在在 look_over" in page and walk.open() == ["look_over"]


def test_a_procedure_with_errors_is_not_walked_and_the_page_says_what_to_mend(ada, proposal, clock):
    path = "forms/lending-library/check.yml"
    proposals.save_file(proposal.id, path, b"title: [", expected=0, actor=builders.actor("ada"), clock=clock)
    answer = ada.post(f"/workbench/{proposal.id}/play", data={"start": "lending reader_wang", "clock": "", "csrf_token": builders.csrf_token(ada)})
    assert answer.status_code == 303
    page = ada.get(answer.location).text
    assert "没有这样试走" in page and session().query(Play).count() == 0


def test_a_walk_reaches_no_gateway_no_look_up_and_no_table_of_the_service(app, walk, monkeypatch):
    called = []
    monkeypatch.setattr(lookups.httpx, "get", lambda *a, **k: called.append(a))
    monkeypatch.setattr("socket.socket.connect", lambda self, address: called.append(address))
    walk.real("reader_wang", walk.sample("reader_wang"), do="decide:submit")
    walk.real("librarian_zhao", walk.task("librarian_zhao"), in_stock="true", do="decide:lend")
    assert called == []
    inside = plays.playground().app.config
    for name in ("DATABASE_URL", "KEYS", "FILES_URL", "SECRET_KEY", "GATEWAY_SECRET", "GATEWAY_URL", "LOOKUP_URL"):
        assert inside[name] != app.config[name], name
    assert (inside["MAIL_URL"], inside["PROVINCE_URL"], inside["OIDC_ISSUER"]) == ("", "", "")
    session().rollback()
    assert (session().query(Notice).count(), session().query(Outbox).count(), session().query(Case).count()) == (0, 0, 0)


def test_a_real_case_and_a_walk_do_not_see_each_other(walk, clock):
    real = start_case("lending", actor=builders.actor("reader_wang"), clock=clock)
    walk.real("reader_wang", walk.sample("reader_wang"), do="decide:submit")
    session().rollback()
    assert session().query(Case).count() == 1 and session().get(Case, real.id).events == 1
    inside = sqlite3.connect(plays.folder_of(plays.playground(), walk.id) / "now.db")
    assert inside.execute("select count(*) from case_").fetchone() == (1,)
    inside.close()


def test_pages_inside_need_their_own_token_and_an_analyst(app, walk):
    task = walk.sample("reader_wang")
    assert walk.client.post(f"{walk.address}/as/reader_wang/{task}", data={"do": "decide:submit"}).status_code == 403
    assert walk.play().position == 0
    assert app.test_client().get(f"{walk.address}/as/reader_wang/{task}").status_code in (302, 303, 401)
    refused = walk.real("nobody", "cases")
    assert refused.status_code == 404 and refused.headers["X-Frame-Options"] == "SAMEORIGIN", "a refusal is read in the frame"


def test_somebody_made_up_may_start_and_work(ada, proposal):
    walk = Walked(ada, proposal, name="新读者", role="member")
    person = next(iter(walk.play().script["people"]))
    walk.real(person, walk.sample(person), do="decide:submit")
    assert walk.open() == ["check"]
    walk.press("people", name="新馆员", role="librarian", organisation="city_library")
    assert "新馆员" in walk.page()


def test_walks_nobody_goes_on_with_are_swept_up_after_a_day(walk, clock):
    from datetime import timedelta

    folder = plays.folder_of(plays.playground(), walk.id)
    assert plays.sweep_plays(clock) == 0 and folder.exists()
    clock.move_to(clock() + timedelta(days=2))
    assert plays.sweep_plays(clock) == 1 and not folder.exists()
    assert walk.play().position == 0
