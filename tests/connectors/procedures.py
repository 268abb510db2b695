"""A small procedure for tests: a sum to pay, a certificate for it, a word to another case."""
from tests.support import builders

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
"""


def service(element: str, topic: str, result: str = "", **inputs: str) -> str:
    """A service task; inputs are expressions, `result` the variable that keeps the answer."""
    texts = "".join(f'<camunda:inputParameter name="{name}">{text}</camunda:inputParameter>' for name, text in inputs.items())
    if result:
        texts += f'<camunda:outputParameter name="{result}">result</camunda:outputParameter>'
    return (f'<bpmn:serviceTask id="{element}" name="{element}" camunda:type="external" camunda:topic="{topic}">'
            f"<bpmn:extensionElements><camunda:inputOutput>{texts}</camunda:inputOutput></bpmn:extensionElements></bpmn:serviceTask>")


def catch(element: str, message: str) -> str:
    return (f'<bpmn:intermediateCatchEvent id="{element}" name="{element}">'
            f'<bpmn:messageEventDefinition id="{element}_d" messageRef="m_{message}"/></bpmn:intermediateCatchEvent>')


def line(name: str, *nodes: str, messages: tuple[str, ...] = ()) -> str:
    """A diagram of nodes one after the other, from a start that everybody may make to an end."""
    ids = ["begin", *(node.split('id="')[1].split('"')[0] for node in nodes), "done"]
    flows = "".join(f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(zip(ids, ids[1:])))
    declared = "".join(f'<bpmn:message id="m_{message}" name="{message}"/>' for message in messages)
    properties = "".join(f'<camunda:property name="{key}" value="{value}"/>' for key, value in
                         {"casePrefix": "099", "starters": "*", "stages": "办理"}.items())
    return (f'{HEAD}{declared}<bpmn:process id="{name}" name="{name}" isExecutable="true"><bpmn:extensionElements><camunda:properties>'
            f'{properties}</camunda:properties></bpmn:extensionElements><bpmn:startEvent id="begin"/>{"".join(nodes)}'
            f'<bpmn:endEvent id="done" name="办结"/>{flows}</bpmn:process></bpmn:definitions>')


def publish_fees(clock, **files: str) -> None:
    """A procedure `fees`: an order of ¥450.00, the wait for its payment, the end."""
    diagram = line(
        "fees", service("bill", "payment.order", "order", subject='"年费"', amount="45000", payer="case.starter", message='"paid"',
                        deadline='"2026-03-31"', payee_name='"财政局"', payee_code='"440300"', phone='"13800000000"'),
        catch("wait_paid", "paid"), messages=("paid",))
    builders.publish(builders.bundle_from(diagram, name="fees", roles="{}", **files), demo=False, clock=clock)
