"""Blind review: whoever reads masked gets no name, number or address of the person, on any page or answer of the service."""
import io
import re
import zipfile

import pytest

from app import jobs
from app.operations import bulk, own_copies, reading
from app.operations.blinding import veil_of
from app.operations.reading import worklists
from app.store import session, transaction
from app.store.models import Case, CaseParty, Notice
from tests.connectors.procedures import HEAD
from tests.support import builders

TELLING = ("欧阳明月", "440524188001010014", "13912345678", "海风精密", "person:secret_person", "ouyang@example.cn")
ASK = """title: 申报
sections:
  - key: ask
    title: 申报
    fields:
      - {key: name, type: text, label: 姓名, required: true, personal: identity, names_person: true}
      - {key: number, type: text, label: 证件, personal: identity}
      - {key: phone, type: text, label: 电话, personal: contact}
      - {key: unit, type: text, label: 单位, names_person: true}
      - {key: work, type: long_text, label: 业绩}
      - key: papers
        type: table
        label: 论文
        columns: [{key: title, type: text, label: 题名}, {key: author, type: text, label: 作者, names_person: true}]
"""
JUDGE = """title: 评议
sections:
  - key: judge
    title: 评议
    fields:
      - {key: who, type: read_only, label: 对象, value: 'form.ask.name + "（" + form.ask.unit + "）"'}
      - {key: opinion, type: long_text, label: 意见, required: true, default: '"关于" + case.starter.name'}
"""
DIAGRAM = f"""{HEAD}<bpmn:process id="blind" name="盲评" isExecutable="true"><bpmn:extensionElements><camunda:properties>
<camunda:property name="casePrefix" value="098"/><camunda:property name="starters" value="*"/><camunda:property name="stages" value="评议"/>
<camunda:property name="summary" value="form.ask.name + form.ask.work"/><camunda:property name="blind" value="vars.blind"/>
<camunda:property name="blind_label" value="&quot;申报人01&quot;"/></camunda:properties></bpmn:extensionElements>
<bpmn:laneSet id="ls"><bpmn:lane id="l" name="专家"><bpmn:extensionElements><camunda:properties><camunda:property name="role" value="judge"/>
<camunda:property name="scope" value="item"/></camunda:properties></bpmn:extensionElements><bpmn:flowNodeRef>judge</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begin" camunda:formKey="ask"/><bpmn:scriptTask id="mode" name="方式" scriptFormat="cel"><bpmn:script>blind = BLIND</bpmn:script></bpmn:scriptTask>
<bpmn:userTask id="judge" name="评议" camunda:formKey="judge"><bpmn:extensionElements><camunda:properties><camunda:property name="stage" value="评议"/>
<camunda:property name="scope" value="item"/></camunda:properties></bpmn:extensionElements>
<bpmn:multiInstanceLoopCharacteristics camunda:collection="[&quot;person:judge1&quot;, &quot;person:judge2&quot;]" camunda:elementVariable="item"/></bpmn:userTask>
<bpmn:endEvent id="done" name="办结"/><bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="mode"/>
<bpmn:sequenceFlow id="f2" sourceRef="mode" targetRef="judge"/><bpmn:sequenceFlow id="f3" sourceRef="judge" targetRef="done"/></bpmn:process></bpmn:definitions>"""
ROLES = "judge: {name: 专家, scope: none, desk: false, masked: true}\nclerk: {name: 经办人, scope: organisation, desk: true}\nanybody: {name: 申报人, scope: none, desk: false, given_to: person}"


def _case(clock, blind: str):
    diagram = DIAGRAM.replace("BLIND", blind)
    builders.publish(builders.bundle_from(diagram, name="blind", roles=ROLES, forms={"ask": ASK, "judge": JUDGE}), demo=False, clock=clock)
    for judge in ("judge1", "judge2"):
        builders.person(judge, "judge", clock=clock)
    builders.person("secret_person", name="欧阳明月", clock=clock)
    return builders.start_case("blind", "secret_person", clock=clock, answers={
        "name": "欧阳明月", "number": "440524188001010014", "phone": "13912345678", "unit": "海风精密",
        "work": "欧阳明月在海风精密主持研制，联系 ouyang@example.cn 13912345678", "papers": [{"title": "论欧阳明月法", "author": "欧阳明月"}]})


@pytest.fixture
def case(app, clock):
    return _case(clock, "true")


def _crawl(client, *begin: str) -> dict[str, str]:
    """Every page that can be reached by links and addresses of the service: address -> text."""
    seen, waiting = {}, list(begin)
    while waiting and len(seen) < 150:
        address = waiting.pop(0).split("#")[0].replace("&amp;", "&")
        if address in seen or not address.startswith("/") or address.startswith(("/static", "/sign-in")):
            continue
        answer = client.get(address)
        if answer.status_code in (301, 302, 303):
            waiting.append(answer.location)
        seen[address] = f"{_words(answer)}{dict(answer.headers)}"
        waiting += re.findall(r'(?:href|action|hx-get|src|data-diagram|data-progress)="(/[^"]*)"', answer.text if answer.mimetype == "text/html" else "")
    return seen


def _words(answer) -> str:
    """What can be read of an answer, of a workbook too."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    return answer.text if answer.mimetype.startswith("text/") or "json" in answer.mimetype or "xml" in answer.mimetype else ""


def test_nothing_that_a_blind_reader_can_open_tells_who_it_is(app, case, clock):
    client = app.test_client()
    builders.sign_in(client, "judge1")
    task = session().query(builders.open_task(case).__class__).filter_by(case_id=case.id, assignee="judge1").one().id
    seen = _crawl(client, "/", "/desk", "/notices", f"/tasks/{task}", f"/cases/{case.id}", f"/cases/{case.id}/form", f"/search?q={case.number}",
                  "/api/v1/tasks", f"/api/v1/tasks/{task}", f"/api/v1/cases/{case.id}", f"/api/v1/cases/{case.id}/events")
    assert f"/tasks/{task}" in seen and len(seen) > 15
    told = {(address, word) for address, text in seen.items() for word in TELLING[:5] if word in text}
    assert told == set()
    assert "申报人01" in seen[f"/cases/{case.id}/form"] and "申报人01" in seen[f"/api/v1/cases/{case.id}"]


def test_what_was_written_around_the_name_stays_readable(case, clock):
    form, answers, _context = reading.filled_form(case, "ask", builders.actor("judge1"), clock)
    assert answers["work"].startswith("申报人01在申报人01主持研制") and answers["name"] == "申报人01"
    assert "number" not in answers and "phone" not in answers and answers["papers"] == [{"title": "论申报人01法", "author": "申报人01"}]


def test_a_name_cannot_be_guessed_by_searching_for_it(case, clock):
    judge = builders.actor("judge1")
    assert reading.search_cases(judge, "欧阳") == ()
    assert [row.starter_name for row in reading.search_cases(judge, case.number)] == ["申报人01"]


def test_lists_of_work_and_jobs_tell_a_blind_reader_no_name_either(case, clock):
    judge = builders.actor("judge1")
    assert worklists.count_list(judge, worklists.WorkFilter(q="欧阳"), clock) == 0
    assert worklists.count_list(judge, worklists.WorkFilter(q=case.number), clock) == 1
    assert worklists.units_in(judge, worklists.WorkFilter(), clock) == []
    job = bulk.take_many([row.id for row in worklists.work_list(judge, worklists.WorkFilter(), clock).rows], actor=judge, clock=clock)
    assert [item.label for item in jobs.items_of(job).rows] == [f"{case.number} 申报人01"]


def test_what_a_blind_reader_hands_in_has_the_label_and_never_the_name(case, clock):
    view = reading.view_task(session().query(builders.open_task(case).__class__).filter_by(case_id=case.id, assignee="judge1").one().id,
                             builders.actor("judge1"), clock)
    assert view.context["case"]["starter"]["name"] == "申报人01" and view.head.case.summary.startswith("申报人01")


@pytest.mark.parametrize("more, blind", [("anybody", True), ("clerk@elsewhere", True), ("clerk@house", False)])
def test_another_role_of_an_expert_lifts_nothing_unless_it_has_to_do_with_the_case(case, clock, more, blind):
    """Every expert who registered by themselves may apply too; many work for an employer or an office."""
    judge = builders.person("judge3", "judge", more, clock=clock)
    with transaction() as store:
        store.add(CaseParty(case_id=case.id, name="office", ref="org:house"))
    assert (veil_of(case, judge) is not None) is blind and reading.reads_masked(case, judge) is blind


def test_its_person_and_those_who_do_not_read_masked_see_everything(case, clock):
    for who in ("secret_person",):
        assert veil_of(case, builders.actor(who)) is None
    assert session().get(Case, case.id).starter_name == "欧阳明月"


def test_where_the_case_is_not_blind_names_are_read_and_numbers_masked(app, clock):
    case = _case(clock, "false")
    form, answers, _context = reading.filled_form(case, "ask", builders.actor("judge1"), clock)
    assert answers["name"] == "欧阳明月" and veil_of(case, builders.actor("judge1")) is None


def test_a_notice_about_a_blind_case_is_read_blind(case, clock):
    with transaction():
        session().add(Notice(person_id="judge1", case_id=case.id, request="r", title="请评议欧阳明月的申报", text="电话 13912345678", at=clock()))
    notice, = reading.notices_of(builders.actor("judge1")).rows
    assert (notice.title, notice.text) == ("请评议申报人01的申报", "电话 ＊＊＊")
    copied, = own_copies.gathered(builders.actor("judge1"), clock)["notices"]
    assert (copied["title"], copied["text"]) == (notice.title, notice.text), "the copy of one's own data tells no more"
