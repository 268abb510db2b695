"""Reads XML that somebody uploaded: no entities, no network, no surprises.

Only `app/engine` imports it. What the elements mean is not its business.
"""
from __future__ import annotations

import re

from lxml import etree

from .errors import EngineError

MAX_BYTES = 2 * 1024 * 1024
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"

_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")


def read_xml(path: str, data: bytes):
    """The root element of a file. Raises EngineError for what is not harmless, well-formed UTF-8 XML."""
    ensure_plain_utf8(path, data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as cause:
        raise EngineError(f"不是合法的 XML：{cause}", file=path) from cause


def ensure_plain_utf8(path: str, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise EngineError("文件超过 2 MB", file=path)
    declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        raise EngineError("文件必须用 UTF-8 编码", file=path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as cause:
        raise EngineError("文件必须用 UTF-8 编码", file=path) from cause
    if b"\0" in data:
        raise EngineError("文件必须用 UTF-8 编码", file=path)
    # Also inside comments and CDATA: nothing in a diagram needs these words, and a parser reads them before we look.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise EngineError("不接受 DOCTYPE 声明", file=path)


def split_tag(node) -> tuple[str, str]:
    """Namespace and local name of a node."""
    name = etree.QName(node)
    return name.namespace or "", name.localname


def children(node, *names: str):
    """The BPMN children of these local names, in file order."""
    wanted = {f"{{{BPMN}}}{name}" for name in names}
    return [child for child in node if child.tag in wanted]


def text_of(node, name: str) -> str:
    """The text of the first BPMN child of this name, without blanks around it."""
    found = children(node, name)
    return (found[0].text or "").strip() if found else ""


def camunda(node, name: str) -> str:
    return (node.get(f"{{{CAMUNDA}}}{name}") or "").strip()


def properties_of(node) -> dict[str, str]:
    """`camunda:properties` of a node: name -> value, both without blanks around them."""
    found = node.findall(f"{{{BPMN}}}extensionElements/{{{CAMUNDA}}}properties/{{{CAMUNDA}}}property")
    return {(each.get("name") or "").strip(): (each.get("value") or "").strip() for each in found}
