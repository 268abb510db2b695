"""Element templates of our dialect for bpmn-js and Camunda Modeler, offering the roles, forms and tables a proposal really has.

Pure: a vocabulary (`vocabulary.vocabulary_of`) in, plain values in the format of Camunda 7 element templates out. What a
template cannot express (lanes, messages, timers) stays with the settings group of the properties panel.
"""
from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.workbench.dialect import PARAMETERS, SETTINGS

SCHEMA = "https://unpkg.com/@camunda/element-templates-json-schema/resources/schema.json"
PREFIX = "pingshen."
VERSION = 1


def templates_of(words: dict, path: str = "") -> list[dict]:
    """Every template, in the order in which they are offered; with the stages of one diagram, or of all."""
    stages = dict.fromkeys(stage for one in words["processes"] if path in ("", one["path"]) for stage in one["stages"])
    words = {**words, "stages": [{"value": stage, "label": stage} for stage in stages]}
    makers = (_review, _decision, _start, _end, _action, _deadline, _wait, _rule, _script, _call, _ballot, _batch)
    return [template for make in makers for template in make(words)] + [_connector(topic, words) for topic in words["topics"]]


def _template(key: str, name: str, description: str, types: Iterable[str], properties: Iterable[dict], **more) -> dict:
    return {"$schema": SCHEMA, "name": name, "id": PREFIX + key, "version": VERSION, "description": description,
            "appliesTo": list(types), "entriesVisible": True, "properties": [one for one in properties if one], **more}


def _fixed(binding: dict, value: str) -> dict:
    return {"type": "Hidden", "value": value, "binding": binding}


def _choice(label: str, binding: dict, options: Iterable[dict], *, help: str = "", empty: bool = True, value: str = "") -> dict:
    choices = [{"name": option["label"] or option["value"], "value": option["value"]} for option in options]
    first = [{"name": _("（不写）"), "value": ""}] if empty or not choices else []
    return {"label": label, "description": help, "type": "Dropdown", "binding": binding, "choices": first + choices, **_preset_to(value)}


def _text(label: str, binding: dict, *, help: str = "", value: str = "", long: bool = False, needed: bool = False) -> dict:
    found = {"label": label, "description": help, "type": "Text" if long else "String", "binding": binding, **_preset_to(value)}
    return {**found, "constraints": {"notEmpty": True}} if needed else found


def _preset_to(value: str) -> dict:
    """A template without a value of its own keeps what the element has."""
    return {"value": value} if value else {}


def _attribute(name: str) -> dict:
    return {"type": "property", "name": name}


def _property(name: str) -> dict:
    return {"type": "camunda:property", "name": name}


def _settings(kind: str, words: dict, *names: str) -> list[dict]:
    """The named settings of a kind of element, as fields of a template."""
    known = {setting.name: setting for setting in SETTINGS[kind]}
    return [_setting(known[name], words) for name in names]


def _setting(setting, words: dict) -> dict:
    label, help, binding = str(setting.label), str(setting.help), _property(setting.name)
    if setting.input == "role":
        return _choice(label, binding, words["roles"], help=help)
    if setting.input == "stage":
        return _choice(label, binding, words["stages"], help=help)
    if setting.input == "words":
        return _choice(label, binding, [{"value": value, "label": str(text)} for value, text in setting.options], help=help)
    if setting.input == "yes":
        return _choice(label, binding, [{"value": "true", "label": _("是")}], help=help)
    return _text(label, binding, help=help)


def _review(words: dict):
    yield _template("review", _("审核环节"), _("一个人办的环节：一张表单，一个角色，一个环节名。后面接互斥网关，每条出线就是一个按钮。"), ["bpmn:UserTask"], [
        _choice(_("表单"), _attribute("camunda:formKey"), words["forms"], help=_("办理时填的表单")),
        *_settings("userTask", words, "stage", "role", "scope", "not", "due", "edit")])


def _decision(words: dict):
    yield _template("decision", _("办理结果连线"), _("从网关出去的一条线就是一个按钮：线名是按钮的字，条件写办理结果的英文词。"), ["bpmn:SequenceFlow"], [
        _text(_("按钮的字"), _attribute("name"), help=_("例如：退回修改"), needed=True),
        _text(_("条件"), _attribute("conditionExpression"), help=_("例如 outcome == \"return\""), value='outcome == "return"', needed=True),
        *_settings("sequenceFlow", words, "reason", "marks", "confirm", "when", "style")])


def _start(words: dict):
    yield _template("start", _("发起"), _("事项从这里开始；可以带一张先填的表单，例如承诺书。"), ["bpmn:StartEvent"], [
        _choice(_("先填的表单"), _attribute("camunda:formKey"), words["forms"]), *_settings("startEvent", words, "stage")])


def _end(words: dict):
    yield _template("end", _("结束"), _("办结时显示的结果和颜色。"), ["bpmn:EndEvent"], _settings("endEvent", words, "result", "tone", "stage", "frees_claim"))


def _action(words: dict):
    yield _template("withdraw", _("撤回、催办等操作"), _("附在任务上的消息：别人在旁边按的按钮。消息的名称写在“评审设置”里。"), ["bpmn:BoundaryEvent"], [
        *_settings("boundaryEvent", words, "label", "role", "scope", "when", "confirm", "reason", "style", "frees_claim")])


def _deadline(words: dict):
    yield _template("deadline", _("截止时间、提醒"), _("附在任务上的定时：打断就是到期，不打断就是提醒。时间写在“评审设置”里，可以按工作日算。"), ["bpmn:BoundaryEvent"],
                    _settings("boundaryEvent", words, "stage", "tell_to", "tell_title", "tell_text"))


def _wait(words: dict):
    yield _template("wait", _("等待消息"), _("事项停在这里，直到别的事项或系统送来消息。"), ["bpmn:ReceiveTask", "bpmn:IntermediateCatchEvent"],
                    _settings("receiveTask", words, "stage", "label"))


def _rule(words: dict):
    yield _template("rule", _("查决策表"), _("按决策表算出结果，存成一个变量。"), ["bpmn:BusinessRuleTask"], [
        _choice(_("决策表"), _attribute("camunda:decisionRef"), words["decisions"]),
        _text(_("结果存成变量"), _attribute("camunda:resultVariable"), help=_("英文名，以后写 vars.名称"), needed=True), *_settings("businessRuleTask", words, "stage")])


def _script(words: dict):
    yield _template("script", _("记下、算出变量"), _("每行一个“名称 = 表达式”。"), ["bpmn:ScriptTask"], [
        _fixed(_attribute("scriptFormat"), "cel"),
        _text(_("内容"), _attribute("script"), help=_("例如 deadline = workdays_following(today, 20)"), long=True, needed=True)])


def _call(words: dict):
    yield _template("call", _("调用另一个流程"), _("把一段画在别处：变量和当事方是同一套。"), ["bpmn:CallActivity"], [
        _choice(_("流程"), _attribute("calledElement"), words["processes"]), *_settings("callActivity", words, "stage")])


def _ballot(words: dict):
    yield from _preset(words, "ballot", _("开始无记名表决"), "ballot.open", {"voters": "vars.attending", "members": "vars.members", "subject": "case.title"}, "ballot")
    yield from _preset(words, "ballot-close", _("结束表决并计票"), "ballot.close", {"ballot": "vars.ballot.ballot"}, "tally")


def _batch(words: dict):
    yield from _preset(words, "batch", _("编入批次"), "batch.put", {"members": "vars.members"}, "batched")
    yield from _preset(words, "batch-tell", _("给批内事项发消息"), "message.send", {"to": "vars.members", "message": '"batched"'}, "sent")


def _preset(words: dict, key: str, name: str, topic: str, values: dict[str, str], result: str):
    for found in (one for one in words["topics"] if one["value"] == topic):
        yield {**_connector(found, words, values, result), "id": PREFIX + key, "name": name}


def _connector(topic: dict, words: dict, values: dict[str, str] | None = None, result: str = "") -> dict:
    values, name = values or {}, topic["value"]
    shown = [*topic["needs"], *(one for one in topic["may"] if one in values)]
    return _template(f"connector.{name}", _("连接器 %(name)s", name=name), topic["label"], ["bpmn:ServiceTask"], [
        _fixed(_attribute("camunda:type"), "external"), _fixed(_attribute("camunda:topic"), name),
        *(_parameter(parameter, values.get(parameter, ""), words) for parameter in shown),
        _text(_("结果存成变量"), {"type": "camunda:outputParameter", "source": "result"}, value=result or name.replace(".", "_"),
              help=_("以后写 vars.名称，里面有：%(names)s", names="、".join(topic["gives"])))])


def _parameter(name: str, value: str, words: dict) -> dict:
    """A parameter as CEL; those that name something of the procedure offer what there is, as a quoted word."""
    binding = {"type": "camunda:inputParameter", "name": name}
    label = f"{PARAMETERS[name]}（{name}）" if name in PARAMETERS else name
    options = {"report": words["reports"], "register": words["registers"]}.get(name)
    if options:
        return _choice(label, binding, [{"value": f'"{option["value"]}"', "label": option["label"]} for option in options], value=value)
    return _text(label, binding, value=value, help=_("表达式，文字要加英文引号"), needed=True)
