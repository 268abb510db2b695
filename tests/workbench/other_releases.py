"""Other releases of the lending library for the tests of moves: a step added and one taken out, another form, another lane."""
from __future__ import annotations

from app.definitions import Bundle
from tests.support import builders

DIAGRAM = "processes/lending-library/lending.bpmn"
STEP = ('<bpmn:userTask id="stamp" name="加盖馆藏章" camunda:formKey="hand_out"><bpmn:extensionElements><camunda:properties>'
        '<camunda:property name="stage" value="取书" /></camunda:properties></bpmn:extensionElements></bpmn:userTask>')


def bundle(*changes, base: Bundle | None = None) -> Bundle:
    """The library's files after these changes: each (path or "" for the diagram, old text, new text)."""
    files = dict((base or builders.bundle_of()).files)
    for path, old, new in changes:
        path = path or DIAGRAM
        text = files[path].decode()
        assert old in text, (path, old)
        files[path] = text.replace(old, new).encode()
    return Bundle({path: content for path, content in files.items() if "/scenarios/" not in path})


def one_more_one_less() -> Bundle:
    """`stamp` comes before the book is kept; `hand_out` is gone: the split goes straight to the join."""
    diagram = builders.bundle_of().files[DIAGRAM].decode()
    gone = diagram[diagram.index('<bpmn:userTask id="hand_out"'):diagram.index('<bpmn:serviceTask id="tell_ready"')]
    shape = [part for part in diagram.split("<bpmndi:BPMNShape ") if 'bpmnElement="hand_out"' in part]
    edges = ("split_to_hand_out", "hand_out_to_join")
    found = bundle(
        ("", gone, STEP),
        ("", "<bpmn:flowNodeRef>hand_out</bpmn:flowNodeRef>", "<bpmn:flowNodeRef>stamp</bpmn:flowNodeRef>"),
        ("", '<bpmn:sequenceFlow id="split_to_hand_out" sourceRef="split" targetRef="hand_out" />', '<bpmn:sequenceFlow id="split_to_join" sourceRef="split" targetRef="join" />'),
        ("", '<bpmn:sequenceFlow id="hand_out_to_join" sourceRef="hand_out" targetRef="join" />', '<bpmn:sequenceFlow id="set_due_to_stamp" sourceRef="set_due" targetRef="stamp" />'),
        ("", '<bpmn:sequenceFlow id="set_due_to_keep" sourceRef="set_due" targetRef="keep" />', '<bpmn:sequenceFlow id="stamp_to_keep" sourceRef="stamp" targetRef="keep" />'),
        ("", '<bpmn:outgoing>split_to_hand_out</bpmn:outgoing>', '<bpmn:outgoing>split_to_join</bpmn:outgoing>'),
        ("", '<bpmn:incoming>hand_out_to_join</bpmn:incoming>', '<bpmn:incoming>split_to_join</bpmn:incoming>'),
        ("", '<bpmn:outgoing>set_due_to_keep</bpmn:outgoing>', '<bpmn:outgoing>set_due_to_stamp</bpmn:outgoing>'),
        ("", '<bpmn:incoming>set_due_to_keep</bpmn:incoming>', '<bpmn:incoming>stamp_to_keep</bpmn:incoming>'),
        ("", 'name="not" value="check,hand_out"', 'name="not" value="check,stamp"'),
        ("", 'bpmnElement="hand_out"', 'bpmnElement="stamp"'), ("", f'bpmnElement="{edges[0]}"', 'bpmnElement="split_to_join"'),
        ("", f'bpmnElement="{edges[1]}"', 'bpmnElement="set_due_to_stamp"'), ("", 'bpmnElement="set_due_to_keep"', 'bpmnElement="stamp_to_keep"'))
    assert shape
    return found


def other_form() -> Bundle:
    """Only the words of a form differ."""
    return bundle(("forms/lending-library/check.yml", "title: ", "title: 新"))


def publish(which: Bundle, clock) -> str:
    """Publishes it; its digest."""
    return builders.publish(which, clock=clock, demo=False)[0].digest
