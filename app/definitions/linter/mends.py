"""The mends themselves, one function per kind of finding. Only `fixes.py` imports this.

Each takes the finding, the procedure and the text of the file, and gives the changed files or None where it is not sure.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..bundle import Bundle
from .codes import Finding
from .spans import Span, element_span, entry_span, head_of, span_of


@dataclass(frozen=True)
class Fix:
    """`label` says what will be done; `files` are the changed files by path, None where one is taken out.

    `takes`: something the analyst wrote goes; never the first thing to offer.
    """
    label: str
    files: Mapping[str, bytes | None]
    takes: bool = False


_PERSONAL = (("身份证|证件|护照|出生|姓名", "identity"), ("手机|电话|邮箱|住址", "contact"), ("银行", "finance"), ("照片|相片", "biometric"))
_FORMAT = {"id-card": "identity", "phone": "contact", "email": "contact"}


def changed(finding: Finding, label: str, text: str, takes: bool = False) -> Fix:
    return Fix(label, {finding.file: text.encode()}, takes)


def spliced(text: str, span: Span, new: str) -> str:
    return text[:span[0]] + new + text[span[1]:]


# -- diagrams

def _default_flow(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """The flow without condition, else the last one, becomes the default of the gateway."""
    gateway = _gateway(finding, bundle)
    if gateway is None or any(flow.default for flow in gateway.outgoing):
        return None
    free = [flow for flow in gateway.outgoing if not flow.condition]
    if len(free) > 1 or finding.code == "flow-without-condition" and not free:
        return None
    flow = free[0] if free else gateway.outgoing[-1]
    span = element_span(text, gateway.id)
    if span is None:
        return None
    start, _ = head_of(text, span)
    at = re.compile(r"<[\w:.-]+").match(text, start).end()
    return changed(finding, f"条件都不成立时走“{flow.name or flow.id}”（设为默认出线）", spliced(text, (at, at), f' default="{flow.id}"'))


def _gateway(finding: Finding, bundle: Bundle):
    for element in _elements(finding, bundle):
        if element.kind == "exclusiveGateway" and finding.element in (element.id, *(flow.id for flow in element.outgoing)):
            return element
    return None


def _elements(finding: Finding, bundle: Bundle) -> list:
    diagrams = bundle.procedure(finding.file.split("/")[1]).diagrams
    return [element for diagram in diagrams if diagram.path == finding.file for process in diagram.processes for element in process.walk()]


def _no_flow(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """A flow that leads nowhere goes, with what mentions it."""
    return changed(finding, "删去这条连线", _without_element(text, finding.element), takes=True) if element_span(text, finding.element) else None


def _without_element(text: str, name: str) -> str:
    span = element_span(text, name)
    text = _cut(text, span) if span else text
    for pattern in (rf"<(?:\w+:)?(?:incoming|outgoing|flowNodeRef)>\s*{re.escape(name)}\s*</[\w:]+>",
                    rf'<((?:\w+:)?(?:BPMNEdge|BPMNShape))\b[^>]*\bbpmnElement="{re.escape(name)}"(?:[^>]*/>|[\s\S]*?</\1>)'):
        while found := re.search(pattern, text):
            text = _cut(text, found.span())
    return text


def _cut(text: str, span: Span) -> str:
    """The text without a part, and without the line that would be left empty."""
    start, end = span
    while start and text[start - 1] in " \t":
        start -= 1
    if start and text[start - 1] == "\n" and text[end:end + 1] in ("\n", ""):
        start -= 1
    return text[:start] + text[end:]


def _no_way(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """The same for a flow without button, when its target is reached by another one too."""
    flows = {flow.id: element.scope.elements.get(flow.target) for element in _elements(finding, bundle) for flow in element.outgoing}
    target = flows.get(finding.element)
    return _no_flow(finding, bundle, text) if target is not None and len(target.incoming) > 1 else None


def _no_message(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    span = element_span(text, finding.element)
    if span is None or not re.match(r"<(?:\w+:)?message\b", text[span[0]:]):
        return None
    return changed(finding, "删去这个没有用到的消息", _cut(text, span), takes=True)


def _no_condition(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    span = element_span(text, finding.element)
    found = re.compile(r"<((?:\w+:)?conditionExpression)\b[\s\S]*?</\1>").search(text, *span) if span else None
    return changed(finding, "删去这条线的条件", _cut(text, found.span()), takes=True) if found else None


def _no_attribute(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    name, span = re.search(r"camunda:(\w+)", finding.message), element_span(text, finding.element)
    found = re.compile(rf"\s+camunda:{name.group(1)}=(\"[^\"]*\"|'[^']*')").search(text, *span) if name and span else None
    return changed(finding, f"删去 camunda:{name.group(1)}", spliced(text, found.span(), ""), takes=True) if found else None


def _cel_script(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """Only the word for the language is wrong where the script itself is one of ours (told by nothing else)."""
    span = element_span(text, finding.element)
    if span is None:
        return None
    head = head_of(text, span)
    made = re.sub(r"scriptFormat=(\"[^\"]*\"|'[^']*')", 'scriptFormat="cel"', text[slice(*head)])
    if "scriptFormat" not in made:
        made = re.sub(r"^(<[\w:.-]+)", r'\1 scriptFormat="cel"', made)
    return changed(finding, "把脚本的格式写成 cel", spliced(text, head, made))


def _new_id(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """An id of ours in every place of the file that has the bad one."""
    old = finding.element
    tags = re.findall(rf'<(?:\w+:)?(\w+)\b[^<>]*?\sid="{re.escape(old)}"', text)
    if len(tags) != 1 or "<" in old or '"' in old:
        return None
    stem = re.sub(r"(?<!^)(?=[A-Z])", "_", tags[0]).lower()
    new = next(f"{stem}_{number}" for number in range(1, 1000) if f'"{stem}_{number}"' not in text)
    made = re.sub(rf'(?<=")({re.escape(old)})(?=")|(?<=>)\s*{re.escape(old)}\s*(?=<)', new, text)
    return changed(finding, f"把标识“{old}”改成 {new}", made)


def _into_lane(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """Into the lane of its neighbours, when they are all in one."""
    element = next((one for one in _elements(finding, bundle) if one.id == finding.element), None)
    if element is None:
        return None
    elements = element.scope.elements
    names = [flow.source for flow in element.incoming] + [flow.target for flow in element.outgoing]
    lanes = {id(elements[name].lane): elements[name].lane for name in names if name in elements and elements[name].lane}
    lane = next(iter(lanes.values())) if len(lanes) == 1 else None
    span = element_span(text, lane.id) if lane else None
    found = re.compile(r"([ \t]*)(<(?:\w+:)?flowNodeRef>)[^<]*(</(?:\w+:)?flowNodeRef>)(\s*)").search(text, *span) if span else None
    if found is None:
        return None
    new = f"{found.group(1)}{found.group(2)}{element.id}{found.group(3)}" + ("\n" if "\n" in found.group(4) else "")
    return changed(finding, f"放进泳道“{lane.name or lane.id}”", spliced(text, (found.start(), found.start()), new))


def _substitute(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """A value that may be missing counts as nought in sums and as empty in texts."""
    named, span = re.search(r"要用 ((?:vars|form)\.\w+)", finding.message), element_span(text, finding.element)
    if named is None or span is None:
        return None
    path, part = rf"{re.escape(named.group(1))}(?:\.\w+)*(?![\w.(\[])", text[slice(*span)]
    number = rf"\bmoney\(\s*{path}|{path}\s*(?:[-*/]|&[lg]t;)|(?:[-*/]|&[lg]t;=?)\s*{path}"
    words = rf'"\s*\+\s*{path}|{path}\s*\+\s*"'
    other = "0" if re.search(number, part) else '""' if re.search(words, part) else ""
    if not other or re.search(rf'="[^"]*{path}', part):
        return None
    made = re.sub(rf"(?<![\w.])(?<!coalesce\(){path}", lambda found: f"coalesce({found.group()}, {other})", part)
    return changed(finding, f"没有值时按{'零' if other == '0' else '空文字'}算：coalesce({named.group(1)}…, {other})", spliced(text, span, made)) if made != part else None


def _comparison(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """`=` for `==`, and `${…}` around an expression."""
    span = span_of(text, finding)
    if span is None:
        return None
    part = text[slice(*span)]
    if "${" in finding.message or "${" in part and "脚本" not in finding.message:
        made, label = re.sub(r"\$\{([^{}]*)\}", r"\1", part), "去掉 ${ }"
    elif "不能识别“=”" in finding.message:
        made = re.sub(r"(<(?:\w+:)?conditionExpression\b[^>]*>)([^<]*)(</)", lambda m: m[1] + re.sub(r"(?<![=!<>&;])=(?!=)", "==", m[2]) + m[3], part)
        label = "等于写成两个等号 =="
    else:
        return None
    return changed(finding, label, spliced(text, span, made)) if made != part else None


def _length(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    path, span = re.search(r"“([^“”]+)”是文字", finding.message), span_of(text, finding)
    if path is None or span is None:
        return None
    made = re.sub(rf"\bsize\(\s*{re.escape(path.group(1))}\s*\)", f"length({path.group(1)})", text[slice(*span)])
    made = made.replace(f"{path.group(1)}.size()", f"length({path.group(1)})")
    return changed(finding, "字数改用 length()", spliced(text, span, made)) if made != text[slice(*span)] else None


def _new_form(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """A first form for a task that has none, or whose form is not there."""
    element = next((one for one in _elements(finding, bundle) if one.id == finding.element), None) if finding.file.endswith(".bpmn") else None
    span = element_span(text, finding.element)
    if element is None or span is None or element.kind not in ("userTask", "startEvent"):
        return None
    named = re.search(r"没有表单“([\w-]+)”", finding.message)
    key = named.group(1) if named else element.id
    path = f"forms/{finding.file.split('/')[1]}/{key}.yml"
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", key) or named and f'formKey="{key}"' not in text[slice(*span)]:
        return None
    files: dict[str, bytes | None] = {}
    if path not in bundle.files:
        title = (element.name or key).replace('"', "")
        files[path] = (f'title: "{title}"\nsections:\n  - key: main\n    title: "{title}"\n    fields:\n'
                       "      - {key: opinion, type: long_text, label: 意见, max_length: 500}\n").encode()
    if not named:
        at = re.compile(r"<[\w:.-]+").match(text, span[0]).end()
        files[finding.file] = spliced(text, (at, at), f' camunda:formKey="{key}"').encode()
    return Fix(f"新建表单“{key}”" if path in files else f"使用表单“{key}”", files) if files else None


def _new_stage(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    stage = re.search(r"流程没有阶段“([^“”;]+)”", finding.message)
    element = next((one for one in _elements(finding, bundle) if one.id == finding.element), None)
    span = element_span(text, element.scope.process.id) if stage and element and element.scope.process else None
    found = re.compile(r'name="stages"\s+value="([^"]*)"').search(text, *span) if span else None
    if found is None:
        return None
    listed = ";".join(filter(None, (found.group(1), stage.group(1))))
    return changed(finding, f"在流程的阶段里加上“{stage.group(1)}”", spliced(text, found.span(1), listed))


# -- forms and reports

def _personal(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    span = entry_span(text, finding)
    if span is None:
        return None
    part = text[slice(*span)]
    given = re.search(r"\bformat: *([\w-]+)", part)
    kind = "biometric" if re.search(r"\btype: *photo\b", part) else _FORMAT.get(given.group(1) if given else "") or \
        next((kind for words, kind in _PERSONAL if re.search(words, finding.message)), "")
    return changed(finding, f"写上 personal: {kind}", spliced(text, span, _with_entry(part, "personal", kind))) if kind else None


def _with_entry(part: str, key: str, value: str) -> str:
    """A field of a form with one more attribute, in the way the field is written."""
    inline = re.match(r"( *- *)\{", part)
    if inline:
        end = part.rindex("}")
        return f"{part[:end].rstrip().rstrip(',')}, {key}: {value}{part[end:]}"
    first, _, rest = part.partition("\n")
    indent = " " * (len(first) - len(first.lstrip(" -")))
    return f"{first}\n{indent}{key}: {value}" + (f"\n{rest}" if rest else "")


def _no_file(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    return Fix(f"删去文件 {finding.file.rpartition('/')[2]}", {finding.file: None}, takes=True)


def _new_report(finding: Finding, bundle: Bundle, text: str) -> Fix | None:
    """An entry in the list of reports for a template that has none."""
    key, path = finding.file.rpartition("/")[2].removesuffix(".html"), finding.file.rpartition("/")[0] + "/reports.yml"
    titled = re.search(r"{% *block title *%}\s*([^{}<]+?)\s*{%|<h1[^>]*>\s*([^{}<]+?)\s*</h1>", text)
    title = next(filter(None, titled.groups()), key) if titled else key
    before = bundle.files.get(path, b"").decode("utf-8", "replace").rstrip()
    entry = f'{key}:\n  title: "{title}"\n  roles: []\n'
    return Fix(f"在 reports.yml 里登记“{title}”", {path: (f"{before}\n\n{entry}" if before else entry).encode()})


MENDS: dict[str, Callable[[Finding, Bundle, str], Fix | None]] = {
    "no-default-flow": _default_flow, "flow-without-condition": _default_flow, "dangling-flow": _no_flow,
    "way-without-button": _no_way, "message-nobody-awaits": _no_message, "condition-not-allowed": _no_condition,
    "unknown-attribute": _no_attribute, "bad-id": _new_id, "element-in-no-lane": _into_lane,
    "value-not-set": _substitute, "form-not-filled": _substitute, "script-format": _cel_script, "expression": _comparison, "size-of-text": _length,
    "task-without-form": _new_form, "unknown-form": _new_form, "unknown-stage": _new_stage,
    "personal-without-class": _personal, "unused-form": _no_file, "unknown-file": _no_file, "unused-template": _new_report,
}
