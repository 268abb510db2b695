"""The worker as it really runs: a Celery process with its beat, on the embedded broker and on Redis."""
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
import redis

from app.store import session
from app.store.models import Outbox, Task, Timer
from app.worker import ALONE, WORK, make_celery, turn, use_doorbell
from tests.support import builders
from tests.support.builders import ROOT

WITHIN = 40  # seconds a loaded machine may take to start a worker and let it work
REDIS = "redis://127.0.0.1:6379/9"
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="x">
 <process id="notes" name="通知" isExecutable="true">
  <extensionElements><camunda:properties><camunda:property name="starters" value="*"/><camunda:property name="casePrefix" value="009"/></camunda:properties></extensionElements>
  <laneSet id="lanes"><lane id="lane" name="本人"><extensionElements><camunda:properties><camunda:property name="role" value="reader"/><camunda:property name="scope" value="case.starter"/></camunda:properties></extensionElements>
   <flowNodeRef>begin</flowNodeRef><flowNodeRef>tell</flowNodeRef><flowNodeRef>pause</flowNodeRef><flowNodeRef>read</flowNodeRef><flowNodeRef>finish</flowNodeRef></lane></laneSet>
  <startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="tell"/>
  <serviceTask id="tell" name="通知" camunda:type="external" camunda:topic="notify"><extensionElements><camunda:inputOutput>
    <camunda:inputParameter name="to">case.starter</camunda:inputParameter><camunda:inputParameter name="title">"请阅读"</camunda:inputParameter></camunda:inputOutput></extensionElements></serviceTask>
  <sequenceFlow id="f2" sourceRef="tell" targetRef="pause"/>
  <intermediateCatchEvent id="pause" name="稍候"><timerEventDefinition id="t"><timeDuration>PT1S</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <sequenceFlow id="f3" sourceRef="pause" targetRef="read"/>
  <userTask id="read" name="阅读" camunda:formKey="read"/>
  <sequenceFlow id="f4" sourceRef="read" targetRef="finish"/><endEvent id="finish" name="已读"/>
 </process></definitions>"""
FORM = "title: 阅读\nsections:\n  - key: main\n    title: 阅读\n    fields:\n      - {key: seen, type: yes_no, label: 已读}\n"


def _redis_answers() -> bool:
    try:
        return redis.Redis.from_url(REDIS, socket_connect_timeout=1).ping()
    except redis.RedisError:
        return False


@pytest.fixture(params=["embedded", "redis"])
def service(request, store, tmp_path):
    """An app on the system's clock with a published procedure, and the settings its worker shares."""
    if request.param == "redis" and not _redis_answers():
        pytest.skip("no Redis at 127.0.0.1:6379")
    from app.clock import system_clock

    shared = {"SWEEP_EVERY": "1"} | ({"BROKER_URL": REDIS} if request.param == "redis" else {})
    app = builders.make_app(tmp_path, store, system_clock, **{**shared, "SWEEP_EVERY": 1.0})
    with app.app_context():
        bundle = builders.bundle_from(DIAGRAM, name="notes", forms={"read": FORM}, roles="reader: {name: 读者, scope: person}\n")
        builders.publish(bundle, demo=False)
        yield app, shared | {"VAR": app.config["VAR"], "DATABASE_URL": store, "SECRET_KEY": app.config["SECRET_KEY"], "MODE": "test", "LOG_LEVEL": "ERROR"}
        session().remove()


@contextmanager
def _worker(settings: dict, *more: str):
    command = [sys.executable, "-m", "celery", "-q", "-A", "app.worker", "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "ERROR", *more]
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ | {f"PINGSHEN_{name}": value for name, value in settings.items()})
    try:
        yield
    finally:
        child.terminate()
        child.wait(20)


def _wait_for(found, what: str):
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        session().rollback()
        value = found()
        if value:
            return value
        time.sleep(0.2)
    pytest.fail(f"{what} did not happen within {WITHIN} s")


def _start(by: str):
    from app.clock import system_clock

    case = builders.start_case("notes", builders.person(by, "reader"), clock=system_clock)
    return case.id


def test_the_worker_sends_requests_and_fires_timers_by_itself(service):
    app, settings = service
    case_id = _start("ming")
    with _worker(settings, "--beat"):
        task = _wait_for(lambda: session().query(Task).filter_by(case_id=case_id, state="open").first(), "the task behind request and timer")
    assert task.element == "read" and task.assignee == "ming"
    assert session().query(Outbox).filter_by(case_id=case_id, state="done").count() == 1
    assert session().query(Timer).filter_by(case_id=case_id).count() == 0


def test_the_doorbell_of_a_commit_wakes_a_worker_without_beat(service):
    app, settings = service
    use_doorbell(app, make_celery(app))
    with _worker(settings):
        case_id = _start("hua")
        _wait_for(lambda: session().query(Outbox).filter_by(case_id=case_id, state="done").first(), "the request of the commit")


def test_a_commit_stands_when_the_broker_is_away(service):
    app, settings = service
    app.config["BROKER_URL"] = "redis://127.0.0.1:1/0"
    use_doorbell(app, make_celery(app))
    case_id = _start("lan")
    assert session().query(Outbox).filter_by(case_id=case_id, state="new").count() == 1


def test_a_beat_that_outlasts_its_period_is_not_begun_beside_itself(app):
    with turn("back_up") as first, turn("back_up") as second, turn("run_jobs") as one, turn("run_jobs") as other:
        assert (first, second, one, other) == (True, False, True, True)
    with turn("back_up") as again:
        assert again and ALONE <= WORK.keys()
