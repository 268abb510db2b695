"""A small procedure for tests of pools: a library draws some of its volunteers to judge stories that readers send in."""
from tests.support import builders

from app.store import transaction
from app.registers.models import RegisterEntry

FORMS = {
    "volunteer": """
title: 志愿者
sections:
  - key: who
    title: 志愿者
    fields:
      - {key: person, type: person, label: 姓名, role: helper, required: true}
      - {key: branch, type: text, label: 分馆}
      - {key: former, type: table, label: 曾在分馆, columns: [{key: unit, type: text, label: 分馆}]}
      - {key: away, type: yes_no, label: 外出}
      - {key: shoe, type: text, label: 鞋码}
""",
    "misdeed": """
title: 过失
sections:
  - {key: what, title: 过失, fields: [{key: who, type: person, label: 志愿者, role: helper}, {key: until, type: date, label: 至}]}
""",
    "story": """
title: 故事
sections:
  - {key: what, title: 故事, fields: [{key: branch, type: text, label: 分馆}, {key: thanks, type: text, label: 致谢}]}
""",
    "registers": """
volunteers:
  title: 志愿者
  form: volunteer
  name: string(row.person.name)
  managed_by: [clerk]
  unique: [person]
  pool:
    person: person
    records: {misdeeds: {register: misdeeds, person: who}}
    excluded_when:
      - {when: 'row.away == true', reason: 外出}
      - {when: 'coalesce(records.misdeeds, []).exists(m, m.until >= today)', reason: 停止参加}
      - {when: 'coalesce(started, []).exists(c, c.process == "story")', reason: 自己有故事在评}
    eligible_when: criteria.branch == null || row.branch == criteria.branch
    relations:
      - {when: 'row.person.ref == case.starter.ref', reason: 本人的故事}
      - {when: 'form.story.branch != null && (row.branch == form.story.branch || coalesce(row.former, []).exists(f, f.unit == form.story.branch))', reason: 同一分馆}
      - {when: 'coalesce(form.story.thanks, "").contains(row.person.name)', reason: 被致谢}
    own_title: 我的志愿信息
misdeeds: {title: 过失, form: misdeed, name: string(row.until), managed_by: [clerk]}
""",
}
ROLES = """
reader: {name: 读者, scope: none, desk: false}
clerk: {name: 馆员, scope: none, desk: true}
helper: {name: 志愿者, scope: none, desk: false}
"""


def _process(key: str, inside: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d_{key}" targetNamespace="t">
<bpmn:process id="{key}" name="{key}" isExecutable="true"><bpmn:extensionElements><camunda:properties><camunda:property name="starters" value="*"/>
<camunda:property name="casePrefix" value="009"/></camunda:properties></bpmn:extensionElements>{inside}</bpmn:process></bpmn:definitions>"""


def _flow(source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


STORY = _process("story", """<bpmn:startEvent id="sent" camunda:formKey="story"/><bpmn:receiveTask id="read" name="等" messageRef="m"/><bpmn:endEvent id="told"/>
""" + _flow("sent", "read") + _flow("read", "told")).replace("</bpmn:definitions>", '<bpmn:message id="m" name="told"/></bpmn:definitions>')


def publish(inputs: dict[str, str] | None = None, topic: str = "pool.draw", clock=None):
    """The library with a process `evening` that asks the connector once and keeps the answer in `vars.found`."""
    inputs = inputs or {"register": '"volunteers"', "count": "3"}
    texts = "".join(f'<camunda:inputParameter name="{name}">{text.replace("<", "&lt;")}</camunda:inputParameter>' for name, text in inputs.items())
    evening = _process("evening", f"""<bpmn:startEvent id="begun"/><bpmn:serviceTask id="ask" name="抽取" camunda:type="external" camunda:topic="{topic}">
<bpmn:extensionElements><camunda:inputOutput>{texts}<camunda:outputParameter name="found">result</camunda:outputParameter></camunda:inputOutput></bpmn:extensionElements>
</bpmn:serviceTask><bpmn:receiveTask id="wait" name="等" messageRef="m"/><bpmn:endEvent id="over"/>""" + _flow("begun", "ask") + _flow("ask", "wait") + _flow("wait", "over"))
    evening = evening.replace("</bpmn:definitions>", '<bpmn:message id="m" name="told"/></bpmn:definitions>')
    files = {"processes/library/evening.bpmn": evening, "processes/library/story.bpmn": STORY, "processes/library/roles.yml": ROLES,
             "reports/library/reports.yml": "{}"}
    files |= {f"forms/library/{name}.yml": text for name, text in FORMS.items()}
    from app.definitions import Bundle

    return builders.publish(Bundle({path: text.encode() for path, text in files.items()}), clock=clock)


def volunteers(count: int, clock, **columns) -> list[str]:
    """So many entries (v001 …) as rows alone, without accounts; their references."""
    width = max(3, len(str(count)))
    keys = [f"v{number:0{width}d}" for number in range(1, count + 1)]
    with transaction() as store:
        store.bulk_save_objects([entry(key, clock, **columns) for key in keys])
    return [f"person:{key}" for key in keys]


def entry(key: str, clock, register: str = "volunteers", **columns) -> RegisterEntry:
    data = {"person": {"ref": f"person:{key}", "name": f"志愿者{key}", "kind": "person"}, "shoe": "42", **columns}
    return RegisterEntry(procedure="library", register=register, key=f"{register}-{key}", name=f"志愿者{key}", data=data, version=1, state="", changed_at=clock())


def change(key: str, **columns) -> None:
    with transaction() as store:
        row = store.query(RegisterEntry).filter_by(register="volunteers", key=f"volunteers-{key}").one()
        row.data = {**row.data, **columns}


def misdeed(key: str, until: str, clock) -> None:
    with transaction() as store:
        row = entry(f"{key}-{until}", clock, "misdeeds")
        row.data = {"who": {"ref": f"person:{key}", "name": key}, "until": until}
        store.add(row)


__all__ = ["change", "entry", "misdeed", "publish", "volunteers"]
