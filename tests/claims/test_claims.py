"""Claims: what one case holds no second case may have, whoever is quicker, until it is given back (S1-082, D-20, D-60, D-62)."""
import pytest

from app.errors import ClaimTaken
from app.operations.claims import claim_notice
from app.operations.messages import send_message
from app.operations.tasks import complete_task
from app.store import session
from app.store.models import Claim
from tests.connectors.procedures import HEAD
from tests.faults.racing import race
from tests.support import builders

FORM = "title: 申请\nsections:\n  - {key: s, title: 申请, fields: [{key: wish, type: text, label: 要什么}]}\n"


def _properties(**values: str) -> str:
    inner = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in values.items())
    return f"<bpmn:extensionElements><camunda:properties>{inner}</camunda:properties></bpmn:extensionElements>"


DIAGRAM = f"""{HEAD}<bpmn:message id="m_back" name="back"/>
<bpmn:process id="wishes" name="申请" isExecutable="true">{_properties(casePrefix="091", starters="*", stages="办理")}
<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="申请人">{_properties(role="asker", scope="case.starter")}
<bpmn:flowNodeRef>begin</bpmn:flowNodeRef><bpmn:flowNodeRef>fill</bpmn:flowNodeRef><bpmn:flowNodeRef>judge</bpmn:flowNodeRef>
<bpmn:flowNodeRef>which</bpmn:flowNodeRef><bpmn:flowNodeRef>refused</bpmn:flowNodeRef><bpmn:flowNodeRef>given_up</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>
<bpmn:startEvent id="begin"/>
<bpmn:userTask id="fill" name="填写" camunda:formKey="wish">{_properties(stage="办理", claim="form.wish.wish", claim_rule="每样只能申请一件。")}</bpmn:userTask>
<bpmn:userTask id="judge" name="决定" camunda:formKey="remark">{_properties(stage="办理")}</bpmn:userTask>
<bpmn:boundaryEvent id="back" name="撤回" attachedToRef="judge">{_properties(role="asker", scope="case.starter", frees_claim="true")}
<bpmn:messageEventDefinition id="on_back" messageRef="m_back"/></bpmn:boundaryEvent>
<bpmn:exclusiveGateway id="which"/>
<bpmn:endEvent id="refused" name="不通过"/><bpmn:endEvent id="given_up" name="终止">{_properties(frees_claim="true")}</bpmn:endEvent>
<bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="fill"/><bpmn:sequenceFlow id="f2" sourceRef="fill" targetRef="judge"/>
<bpmn:sequenceFlow id="f3" sourceRef="judge" targetRef="which"/><bpmn:sequenceFlow id="f4" sourceRef="back" targetRef="fill"/>
<bpmn:sequenceFlow id="f5" sourceRef="which" targetRef="refused"><bpmn:conditionExpression>outcome == "refuse"</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="f6" sourceRef="which" targetRef="given_up"><bpmn:conditionExpression>outcome == "give_up"</bpmn:conditionExpression></bpmn:sequenceFlow>
<bpmn:sequenceFlow id="f7" sourceRef="which" targetRef="fill"><bpmn:conditionExpression>outcome == "again"</bpmn:conditionExpression></bpmn:sequenceFlow>
</bpmn:process></bpmn:definitions>"""


@pytest.fixture
def two_cases(app, clock):
    """Two cases of one starter and one of another, all at the form."""
    bundle = builders.bundle_from(DIAGRAM, name="wishes", roles="asker: {name: 申请人, scope: person}\n",
                                  forms={"wish": FORM, "remark": FORM.replace("wish", "remark")})
    builders.publish(bundle, demo=False, clock=clock)
    for name in ("li", "han"):
        builders.person(name, "asker", clock=clock)
    return [builders.start_case("wishes", name, clock=clock) for name in ("li", "li", "han")]


def fill(case, wish="灯", clock=None):
    return builders.complete(case, "fill", case.starter_id, {"wish": wish}, clock=clock)


def test_a_second_case_for_the_same_is_refused_with_its_owners_number_and_what_to_do(two_cases):
    first, second, _other = two_cases
    fill(first)
    with pytest.raises(ClaimTaken) as refusal:
        fill(second)
    assert "每样只能申请一件" in refusal.value.message and first.number in refusal.value.message and "撤回" in refusal.value.message
    assert builders.open_task(second, "fill"), "nothing moved: it can be mended and sent again"


def test_somebody_else_is_refused_without_hearing_whose_case_it_is(two_cases):
    first, _second, other = two_cases
    fill(first)
    with pytest.raises(ClaimTaken) as refusal:
        fill(other)
    assert first.number not in refusal.value.message and "联系受理单位" in refusal.value.message


def test_another_wish_and_an_empty_one_are_free(two_cases):
    for case, wish in zip(two_cases, ("灯", "书", ""), strict=True):
        fill(case, wish)
    assert session().query(Claim).count() == 2


def test_filling_again_with_another_wish_gives_the_first_back(two_cases):
    first, second, other = two_cases
    fill(first)
    builders.complete(first, "judge", "li", {}, "again")
    fill(first)  # its own claim is not in its way
    builders.complete(first, "judge", "li", {}, "again")
    fill(first, "书")
    fill(second, "灯")
    with pytest.raises(ClaimTaken):
        fill(other, "书")


def test_withdrawing_gives_it_back(two_cases, clock):
    first, second, _other = two_cases
    fill(first)
    send_message(first.id, "back", actor=builders.actor("li"), clock=clock)
    fill(second)
    with pytest.raises(ClaimTaken):
        fill(first)


@pytest.mark.parametrize("outcome, free", [("give_up", True), ("refuse", False)])
def test_an_end_gives_it_back_only_where_the_diagram_says_so(two_cases, outcome, free):
    first, second, _other = two_cases
    fill(first)
    builders.complete(first, "judge", "li", {}, outcome)
    if free:
        assert fill(second)
    else:
        with pytest.raises(ClaimTaken):
            fill(second)


def test_whoever_is_still_typing_is_warned_and_a_half_draft_warns_of_nothing(two_cases, app, clock):
    first, second, _other = two_cases
    fill(first)
    client = app.test_client()
    builders.sign_in(client, "li")
    task = builders.open_task(second, "fill")
    assert "每样只能申请一件" not in client.get(f"/tasks/{task.id}").text
    assert client.post(f"/tasks/{task.id}", data={"csrf_token": builders.csrf_token(client), "wish": "灯", "f.wish": "灯", "do": "save"}).status_code == 303
    page = client.get(f"/tasks/{task.id}").text
    assert "每样只能申请一件" in page and first.number in page
    sent = client.post(f"/tasks/{task.id}", data={"csrf_token": builders.csrf_token(client), "wish": "灯", "do": "decide:submit"}, follow_redirects=True)
    assert sent.status_code == 200 and "每样只能申请一件" in sent.text


@pytest.mark.both_stores
def test_of_several_at_the_same_moment_one_gets_it(two_cases, app, clock):
    tasks = [(builders.open_task(case, "fill").id, case.starter_id) for case in two_cases]
    session().rollback()
    results = race(app, *[lambda t=task, who=who: complete_task(
        t, actor=builders.actor(who), clock=clock, answers={"wish": "灯"}, outcome="submit").number for task, who in tasks])
    assert [type(result) for result in results].count(ClaimTaken) == 2, results
    assert session().query(Claim).count() == 1


def test_a_draft_of_nonsense_does_not_break_the_page(two_cases, clock):
    _first, second, _other = two_cases
    task = builders.open_task(second, "fill")
    assert claim_notice(second, task, {"form": {}}, {"wish": None}, builders.actor("li")) == ""
