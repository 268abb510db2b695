"""An office with many cases at one step: agree or return with a reason; its people and its cases. Tests only."""
from __future__ import annotations

from tests.faults.desks import STAGED, _lane, _process, _properties
from tests.support import builders

ROLES = "clerk: {name: 经办人, scope: organisation, desk: true}\nasker: {name: 申请人, scope: person}\n"
FORM = """title: 审核意见
sections:
  - key: s
    title: 审核意见
    fields:
      - {key: subject, type: read_only, label: 对象, value: case.starter.name}
      - {key: opinion, type: long_text, label: 审核意见, required: true, max_length: 100}
      - {key: note, type: long_text, label: 本件说明, generated: '"申请人：" + case.starter.name'}
      - {key: proof, type: file, label: 附件, accept: [pdf]}
"""
PAPERS = "title: 材料\nsections:\n  - {key: s, title: 材料, fields: [{key: paper, type: file, label: 盖章件, required: true, accept: [pdf]}]}\n"
FLOWS = "begin>review review>decision decision>approved>approve decision>returned>return"
_RETURN = '<bpmn:sequenceFlow id="decision_to_returned" sourceRef="decision" targetRef="returned">'


def diagram(form: str = "opinion") -> str:
    """Agree ends it; to return it a reason is asked for."""
    drawn = _process(
        "bureau", _lane("clerks", "clerk", "", "review"),
        f'<bpmn:userTask id="review" name="审核" camunda:formKey="{form}">{STAGED}</bpmn:userTask><bpmn:exclusiveGateway id="decision"/>'
        + "".join(f'<bpmn:endEvent id="{end}" name="{end}"/>' for end in ("approved", "returned")), FLOWS)
    return drawn.replace(_RETURN, _RETURN.replace('id=', 'name="退回" id=') + _properties(reason="required", style="danger")).replace(
        '<bpmn:sequenceFlow id="decision_to_approved"', '<bpmn:sequenceFlow name="同意" id="decision_to_approved"')


def publish(clock, form: str = "opinion") -> None:
    """The procedure, clerks `one` and `two` of one office, an asker `asker`."""
    builders.publish(builders.bundle_from(diagram(form), name="bureau", roles=ROLES, forms={"opinion": FORM, "papers": PAPERS}), demo=False, clock=clock)
    builders.person("one", "clerk@office", name="甲经办", clock=clock)
    builders.person("two", "clerk@office", name="乙经办", clock=clock)
    builders.person("asker", "asker", name="申请人", clock=clock)


def cases(count: int, clock) -> list:
    """So many cases that wait for the office."""
    return [builders.start_case("bureau", "asker", clock=clock) for _ in range(count)]


def tasks(made: list) -> list[str]:
    """The ids of their open tasks."""
    return [builders.open_task(case).id for case in made]
