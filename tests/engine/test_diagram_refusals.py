"""What a diagram may not say, and how the refusal helps whoever drew it. Nothing is ever run as Python."""
import pytest
import SpiffWorkflow.task
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

from app.engine import EngineError, load_process, look
from diagrams import (
    HEAD, NOON, Run, begin, both, call, diagram, end, flow, load, many, node, on_message, on_timer, path, process, receive, rule, script,
    service, sub, table, user, wait, xor,
)

FRAME = begin() + end() + path("begin", "x", "done")


def refusal(*inner: str, **given) -> EngineError:
    with pytest.raises(EngineError) as caught:
        load(*inner, **given)
    return caught.value


def test_a_refusal_says_file_element_name_expression_and_what_was_meant():
    error = refusal(FRAME, user("x", name="审核", props={"stge": "受理"}))
    assert (error.file, error.element, error.element_name) == ("p.bpmn", "x", "审核")
    assert error.hint == "是否想写 `stage`？"
    assert "p.bpmn" in str(error) and "“审核”（x）" in str(error) and "stge" in str(error)
    error = refusal(FRAME, script("x", "fee = 1 +"))
    assert error.element == "x" and error.expression


@pytest.mark.parametrize("props, inner", [
    ({"gather": "item"}, [many("[1]")]), ({"gather_into": "all"}, [many("[1]")]), ({"gather": "item", "gather_into": "a.b"}, [many("[1]")]),
    ({"gather": "1 +", "gather_into": "all"}, [many("[1]")]), ({"gather": "item", "gather_into": "all"}, [])])
def test_what_instances_leave_needs_an_expression_a_name_and_several_instances(props, inner):
    assert refusal(FRAME, user("x", *inner, props=props)).element == "x"


@pytest.mark.parametrize("tag", [
    "task", "manualTask", "sendTask", "inclusiveGateway", "complexGateway", "eventBasedGateway", "intermediateThrowEvent",
    "transaction", "adHocSubProcess", "choreographyTask"])
def test_elements_outside_the_dialect_are_refused(tag):
    error = refusal(FRAME, node(tag, "x"))
    assert error.element == "x" and tag in str(error)


@pytest.mark.parametrize("definition", [
    "signalEventDefinition", "escalationEventDefinition", "errorEventDefinition", "conditionalEventDefinition", "cancelEventDefinition",
    "compensateEventDefinition", "linkEventDefinition"])
def test_events_outside_the_dialect_are_refused(definition):
    for x in (node("intermediateCatchEvent", "x", f"<bpmn:{definition}/>"), user("x") + node("boundaryEvent", "ev", f"<bpmn:{definition}/>", attachedToRef="x")):
        assert definition in str(refusal(FRAME, x))


@pytest.mark.parametrize("x", [
    node("startEvent", "x"), node("endEvent", "x"), user("x", "<bpmn:standardLoopCharacteristics/>"), user("x", "<bpmn:ioSpecification/>"),
    user("x", "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"),
    user("x", many("[1]").replace('"item"', '"expert"')), node("subProcess", "x", begin("b"), triggeredByEvent="true"),
    node("scriptTask", "x", "<bpmn:script>print(1)</bpmn:script>", scriptFormat="python"), node("serviceTask", "x"),
    node("businessRuleTask", "x"), rule("x", "missing", "v"), call("x", "missing"), node("callActivity", "x"), node("receiveTask", "x"),
    user("x", **{"camunda:assignee": "li"}), user("x", extension="<camunda:formData/>"), user("x", extension="<camunda:taskListener/>"),
    wait("x", "PT1H") + on_timer("late", "x", "PT1H"), user("x") + user("x"), user("y z"), user("Start"), user("End"),
    user("x") + flow("x", "nowhere"), user("x") + flow("x", "done", name="second"), user("x", props={"tone": "good"}),
    user("x") + on_message("ev", "x", "m", props={"reason": "maybe"}), wait("x", date="2026-02-31"), wait("x", "-P1D"), wait("x", "P1X"), wait("x", "R3/PT1S")])
def test_what_cannot_run_as_drawn_is_refused(x):
    assert refusal(FRAME, x).file == "p.bpmn"


def test_cycles_are_refused():
    x = node("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/PT1S</bpmn:timeCycle></bpmn:timerEventDefinition>")
    assert "timeCycle" in str(refusal(FRAME, x)) and refusal(FRAME, x).element == "x"


def test_gateway_flows_need_conditions_and_other_flows_may_have_none():
    assert "缺少条件" in str(refusal(FRAME, xor("x"), user("y"), flow("x", "y", "true")))
    assert "排他网关" in str(refusal(begin(), user("x"), end(), path("begin", "x"), flow("x", "done", "true")))
    assert refusal(begin(), both("x"), end(), path("begin", "x"), flow("x", "done", "true")).expression == "true"


def test_a_gateway_that_asks_for_an_outcome_belongs_to_one_task():
    error = refusal(begin(), user("a"), user("b"), xor("x"), end(), path("begin", "a", "x"), path("b", "x"), flow("x", "done", 'outcome == "go"'),
                    flow("x", "b", 'outcome == "stay"'))
    assert error.element == "x" and "outcome" in str(error)


def test_ids_are_unique_across_called_processes_and_no_process_calls_itself():
    called = process("q", begin("b2"), user("x"), end("e2"), path("b2", "x", "e2"))
    assert refusal(FRAME, user("x"), begin("b9").replace("startEvent", "userTask"), call("c", "q"), files={"q.bpmn": diagram(called)}).element == "x"
    again = process("q", begin("b2"), call("y", "p"), end("e2"), path("b2", "y", "e2"))
    assert "调用了自己" in str(refusal(FRAME, call("x", "q"), files={"q.bpmn": diagram(again)}))


def test_an_unknown_process_is_refused_with_a_near_miss():
    with pytest.raises(EngineError) as caught:
        load_process("title-reviw", {"p.bpmn": diagram(process("title-review", begin(), end(), path("begin", "done")))})
    assert "`title-review`" in caught.value.hint


def test_unknown_stages_and_case_prefixes_are_refused():
    assert "`受理审核`" in refusal(FRAME, user("x", props={"stage": "受理审"}), props={"stages": "申报; 受理审核"}).hint
    assert "casePrefix" in str(refusal(FRAME, user("x"), props={"casePrefix": "7"}))


@pytest.mark.parametrize("data", [
    b'<!DOCTYPE d [<!ENTITY a "x">]>' + HEAD.encode(), HEAD.encode() + b"<!-- <!DOCTYPE x> --></bpmn:definitions>",
    HEAD.encode("utf-16"), HEAD.replace("UTF-8", "UTF-7").encode(), HEAD.encode() + "名".encode("gb18030") + b"</bpmn:definitions>",
    HEAD.encode() + b" " * (2 * 1024 * 1024) + b"</bpmn:definitions>", HEAD.encode(), HEAD.encode() + b"<a>" * 300 + b"</a>" * 300 + b"</bpmn:definitions>", b""])
def test_hostile_or_broken_xml_is_refused(data):
    with pytest.raises(EngineError) as caught:
        load_process("p", {"bad.bpmn": data})
    assert caught.value.file == "bad.bpmn"
    with pytest.raises(EngineError):
        load_process("p", {"p.bpmn": diagram(process("p", begin(), end(), path("begin", "done"))), "bad.dmn": data})


@pytest.mark.parametrize("dmn, said", [
    (table("t", {"a": "vars.a"}, ["n"], [["> 1", "1"]], "RULE ORDER"), "RULE ORDER"), (table("t", {"a": "vars.a"}, ["n"], [["[1..5]", "1"]]), "第 1 行"),
    (table("t", {"a": "vars.a"}, ["n"], [["> 1", "1"], ["> 1", "1 +"]]), "第 2 行"), (table("t", {"a": "vars."}, ["n"], []), "第 1 个输入列"),
    (table("t", {"a": "vars.a"}, ["n", "n"], []), "输出列"), (table("t", {"a": "vars.a"}, ["n"], [["1"]]), "列数")])
def test_tables_that_cannot_decide_are_refused_with_the_row(dmn, said):
    error = refusal(FRAME, rule("x", "t", "v"), files={"t.dmn": dmn})
    assert error.file == "t.dmn" and error.element == "t" and said in str(error)


PAYLOADS = ['__import__("os").system("touch /tmp/pwned")', "().__class__.__base__.__subclasses__()", "open('/etc/passwd').read()", "exec('1')",
            "lambda: 1", "[x for x in (1,)]", "f'{1}'", "a := 1"]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("place", range(15))
def test_python_is_refused_in_every_place_that_holds_an_expression(payload, place):
    quoted = user("x")
    inner = [
        lambda: script("x", f"a = {payload}"), lambda: user("x", many(payload)), lambda: user("x", many("[1]", until=payload)),
        lambda: user("x", props={"scope": payload}), lambda: user("x", props={"due": payload}), lambda: wait("x", date=payload), lambda: wait("x", payload),
        lambda: service("x", "t", inputs={"a": payload}), lambda: service("x", "t", outputs={"a": payload}),
        lambda: quoted + on_message("ev", "x", "m", props={"role": "r", "scope": payload}), lambda: quoted + on_message("ev", "x", "m", props={"when": payload}),
        lambda: xor("x") + user("y") + flow("x", "y", payload), lambda: rule("x", "t", "v"), lambda: rule("x", "t", "v"), lambda: rule("x", "t", "v")][place]()
    cells = {12: [payload, "[]", "1"], 13: ["1", payload, "1"], 14: ["1", "2", payload]}.get(place, ["1", "2", "3"])
    files = {"t.dmn": table("t", {"a": cells[0]}, ["n"], [cells[1:]])}
    with pytest.raises(EngineError):
        load(FRAME, inner, files=files)


def test_no_command_reaches_the_python_engine_the_clock_or_a_random_source(monkeypatch):
    def never(*_, **__):
        raise AssertionError("must not be called")
    for owner, name in ((PythonScriptEngine, "__init__"), (TaskDataEnvironment, "evaluate"), (TaskDataEnvironment, "execute"),
                        (SpiffWorkflow.task, "uuid4"), (SpiffWorkflow.task.time, "time")):
        monkeypatch.setattr(owner, name, never)
    of = load(begin(), sub("s", begin("b2"), user("x", many('["person:1"]')), end("e2"), path("b2", "x", "e2")), on_timer("late", "s", "PT1H"),
              service("y", "t"), receive("z", "m"), end(), path("begin", "s", "y", "z", "done"), path("late", "y"))
    run = Run(of)
    run.ring(hours=2)
    assert run.answer(run.step.requests[0]).send("m", {"a": 1}).ended == "done"


def test_a_fault_keeps_its_true_cause():
    class Broken(dict):
        def get(self, key, default=None):
            raise KeyError(1)
    with pytest.raises(EngineError) as caught:
        Run(load(FRAME, user("x")), case=Broken())
    assert "KeyError: 1" in str(caught.value) and isinstance(caught.value.__cause__, KeyError)


def test_a_fault_in_an_expression_names_the_element_and_the_expression():
    of = load(FRAME, script("x", 'a = case.title - 1'))
    with pytest.raises(EngineError) as caught:
        Run(of, case={"title": "x"})
    assert (caught.value.element, caught.value.expression) == ("x", "case.title - 1")


@pytest.mark.parametrize("payload", [{"n": 2**70}, {"x": float("nan")}, {"x": object()}, {1: 2}, {"x": NOON}])
def test_what_json_cannot_hold_is_refused_at_its_step(payload):
    with pytest.raises(EngineError):
        Run(load(FRAME, receive("x", "m"))).send("m", payload)


def test_an_error_leaves_the_state_as_it_was():
    of = load(begin(), user("x"), script("s", "a = form.x.n - 1"), end(), path("begin", "x", "s", "done"))
    run = Run(of)
    with pytest.raises(EngineError):
        run.do("x", forms={"x": {"n": "many"}})
    assert run.do("x", forms={"x": {"n": 3}}).step.variables == {"a": 2}


def test_a_state_of_another_process_or_layout_is_refused():
    step = Run(load(FRAME, user("x"))).step
    with pytest.raises(EngineError):
        look(load(FRAME, user("x"), id="other"), step.state)
    with pytest.raises(EngineError) as caught:
        look(load(begin(), end(), user("xx"), path("begin", "xx", "done")), step.state)
    assert caught.value.hint == "是否想写 `xx`？"
    for broken in (b"", b"nonsense", step.state[:-3]):
        with pytest.raises(EngineError):
            look(load(FRAME, user("x")), broken)
