"""A vote through the whole service: what a database says after "yes" it also says after "no".

One prepared house is copied; in one copy the voter says yes, in the other no, at the same pretended moment. Whatever
differs between the two databases would give the vote away.
"""
import shutil
import sqlite3
from pathlib import Path

import orjson
import pytest

from app.operations.outbox import drain_outbox
from tests.connectors.procedures import HEAD, service
from tests.support import builders

FORM = """title: 表决
sections:
  - key: vote
    title: 表决
    fields:
      - {key: remark, type: text, label: 备注}
      - {key: ballot, type: ballot, label: 表决意见, required: true, box: vars.opened.ballot,
         options: [{value: "yes", label: 同意}, {value: "no", label: 不同意}, {value: abstain, label: 弃权}]}
"""
DIAGRAM = f"""{HEAD}<bpmn:process id="sitting" name="表决" isExecutable="true">
<bpmn:extensionElements><camunda:properties><camunda:property name="casePrefix" value="098"/><camunda:property name="starters" value="*"/>
<camunda:property name="stages" value="表决"/></camunda:properties></bpmn:extensionElements>
<bpmn:laneSet id="ls"><bpmn:lane id="l" name="委员"><bpmn:extensionElements><camunda:properties>
<camunda:property name="role" value="voter"/><camunda:property name="scope" value="case.starter"/></camunda:properties></bpmn:extensionElements>
<bpmn:flowNodeRef>vote</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begin"/>{service("open", "ballot.open", "opened", voters='["person:li", "person:a", "person:b"]', members="3")}
<bpmn:userTask id="vote" name="表决" camunda:formKey="vote"><bpmn:extensionElements><camunda:properties>
<camunda:property name="stage" value="表决"/></camunda:properties></bpmn:extensionElements></bpmn:userTask>
{service("count", "ballot.close", "tally", ballot="vars.opened.ballot")}
<bpmn:endEvent id="done" name="办结"/><bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="open"/>
<bpmn:sequenceFlow id="f2" sourceRef="open" targetRef="vote"/><bpmn:sequenceFlow id="f3" sourceRef="vote" targetRef="count"/>
<bpmn:sequenceFlow id="f4" sourceRef="count" targetRef="done"/></bpmn:process></bpmn:definitions>"""


@pytest.fixture
def prepared(store, clock, tmp_path):
    """A folder with database and keys in which one person is about to vote; and how they reach the service."""
    from app import people
    from app.extensions import db

    folder = tmp_path / "prepared"
    folder.mkdir()
    shutil.copyfile(tmp_path / "test.db", folder / "test.db")
    app = builders.make_app(folder, clock=clock)
    with app.app_context():
        bundle = builders.bundle_from(DIAGRAM, name="sitting", roles="voter: {name: 委员, scope: person}", forms={"vote": FORM})
        builders.publish(bundle, demo=False, clock=clock)
        case = builders.start_case("sitting", builders.person("li", clock=clock), clock=clock)
        assert drain_outbox(clock) == 1
        task, token = builders.open_task(case).id, people.issue_token("li", "test", clock)
        db.session.remove()
        db.engine.dispose()
    return folder, task, token


def _house(prepared, clock, choice: str):
    """(app, client, address of the task) of a copy of the prepared house."""
    folder, task, token = prepared
    copy = folder.parent / choice
    shutil.copytree(folder, copy)
    app = builders.make_app(copy, clock=clock)
    client = app.test_client()
    client.token = token
    return app, client, f"/api/v1/tasks/{task}"


def _rows(app) -> dict[tuple, bytes]:
    """(table, place) -> every row of the database, packed values as they lie there; the sealed box only by its length."""
    path = app.config["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for table in tables:
            rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()
            if table == "ballot_box":
                rows = [(ballot, len(sealed)) for ballot, sealed in rows]
            found |= {(table, place): row for place, row in enumerate(rows)}
    return found


def _in_context(app, work):
    from app.extensions import db

    with app.app_context():
        try:
            return work()
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize("way", ["plain", "with a key", "after a draft"])
def test_the_database_after_yes_equals_the_database_after_no(prepared, clock, way, one_salt):
    databases, answers = {}, {}
    for choice in ("yes", "no"):
        app, client, address = _house(prepared, clock, choice)

        def vote():
            said = {"ballot": choice.ljust(3)[:3].strip(), "remark": "同样的话"}
            if way == "after a draft":
                client.put(f"{address}/draft", json={"answers": said})
            headers = {"Idempotency-Key": "k-1"} if way == "with a key" else {}
            answer = client.post(f"{address}/completion", json={"answers": said, "outcome": "submit"}, headers=headers)
            assert answer.status_code == 200, answer.text
            return answer.text

        answers[choice] = _in_context(app, vote)
        databases[choice] = _rows(app)
    assert answers["yes"] == answers["no"]
    assert databases["yes"].keys() == databases["no"].keys()
    different = {key[0] for key in databases["yes"] if databases["yes"][key] != databases["no"][key]}
    assert different == set(), "these tables tell how the person voted"


def test_a_saved_draft_does_not_keep_the_choice(prepared, clock):
    app, client, address = _house(prepared, clock, "draft")
    _in_context(app, lambda: client.put(f"{address}/draft", json={"answers": {"ballot": "yes", "remark": "x"}}))

    def draft():
        from app.store import session
        from app.store.models import Draft

        return [orjson.dumps(row.data) for row in session().query(Draft)]

    assert all(b'"ballot"' not in data for data in _in_context(app, draft))


def test_the_count_reaches_the_case(prepared, clock):
    app, client, address = _house(prepared, clock, "count")

    def work():
        from app.operations.contexts import case_variables
        from app.store import session
        from app.store.models import Case

        client.post(f"{address}/completion", json={"answers": {"ballot": "yes"}, "outcome": "submit"})
        assert drain_outbox(clock) == 1
        case = session().query(Case).one()
        assert case.ended_at is not None
        return case_variables(case)["tally"]

    assert _in_context(app, work) == {"members": 3, "attending": 3, "cast": 1, "yes": 1, "no": 0, "abstain": 2}


def test_no_key_of_a_counted_ballot_is_left(prepared, clock):
    app, client, address = _house(prepared, clock, "keys")

    def work():
        client.post(f"{address}/completion", json={"answers": {"ballot": "no"}, "outcome": "submit"})
        drain_outbox(clock)

    keys = Path(app.config["KEYS"])
    assert len(list(keys.glob("ballot-*"))) == 1
    _in_context(app, work)
    assert list(keys.glob("ballot-*")) == []
