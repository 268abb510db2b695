"""Messages between cases: each that a process waits for must be sent by somebody, each that is sent awaited by somebody."""
from __future__ import annotations

import re

from ..diagrams import BPMN, CAMUNDA, Process
from ..errors import near_miss
from .knowledge import Knowledge, message_of

_WORD = re.compile(r'"([A-Za-z_][\w.-]*)"')


def check_messages(known: Knowledge) -> None:
    awaited = {name for diagram in known.diagrams for process in diagram.processes for element in process.walk()
               if (name := message_of(element, diagram))}
    sent: set[str] = set()
    for process in known.processes:
        for element, words in _sending(process):
            sent |= words
            for word in sorted(words - awaited):
                known.findings.add("message-nobody-awaits", process.path, element.id,
                                   f"“{element.name or element.id}”送出消息“{word}”，但没有环节等它{near_miss(word, awaited)}")
    for diagram in known.diagrams:
        for process in diagram.processes:
            for element in process.walk():
                name = message_of(element, diagram)
                if name and not element.properties.get("role") and name not in sent:
                    known.findings.add("message-nobody-sends", process.path, element.id,
                                       f"“{element.name or element.id}”等消息“{name}”，但没有人、也没有环节送出它{near_miss(name, sent)}。"
                                       "由人按的，请写属性 role；由系统送的，请在服务任务的参数 message 里写它的名称")
        for key, name in diagram.messages.items():
            if name and name not in awaited:
                known.findings.add("message-nobody-awaits", diagram.path, key, f"消息“{name}”没有任何图元使用，可以删去{near_miss(name, awaited)}")


def _sending(process: Process):
    """(element, the names of messages) of every service task that has something sent."""
    path = f"{BPMN}extensionElements/{CAMUNDA}inputOutput/{CAMUNDA}inputParameter"
    for element in process.walk():
        texts = [node.text or "" for node in element.xml.findall(path) if node.get("name") == "message"] if element.kind == "serviceTask" else ()
        if texts:
            yield element, {word for text in texts for word in _WORD.findall(text)}
