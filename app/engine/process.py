"""A process that cases can run: elements, flows and specs of a release, read once and never changed.

Anybody may use `load_process` and `Process` through `app.engine`. No state of any case goes in here.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .building import Builder
from .decisions import decisions_of
from .errors import EngineError, near
from .model import Element, Flow
from .nodes import ProcessSpec
from .reading import Library, ProcessText, tells_of
from .tables import read_tables


@dataclass(frozen=True)
class Process:
    """A process with everything that it calls.

    `elements` and `flows` hold those of called processes and embedded sub-processes too, by id; `called` maps call
    activities to process ids, `subprocess_of` elements to the embedded sub-process around them, `messages` names to
    the elements that wait for them. `stages`, `starters` (role codes, `*` for everybody), `start_form`, `start` (its own start event), `summary`
    (CEL), `grouping` (what cases are grouped by), `certificate_keepers` (role codes), `case_prefix` and `title` are those of this process.
    """

    id: str
    name: str
    title: str
    file: str
    documentation: str
    case_prefix: str
    stages: tuple[str, ...]
    starters: tuple[str, ...]
    start_form: str
    start: Element
    summary: str
    grouping: Mapping[str, str]
    blind: tuple[str, str]  # CEL: whether masked roles read it without its person, and what that person is called then
    tells: Mapping[str, Mapping[str, str]]  # id of an element or flow -> to, title, text, kind (CEL) of its notice
    dates: str  # CEL: a map of labels to the dates that matter of a case
    certificate_keepers: tuple[str, ...]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    called: Mapping[str, str]
    subprocess_of: Mapping[str, str]
    messages: Mapping[str, tuple[str, ...]]
    specs: Mapping[str, ProcessSpec] = field(repr=False)

    def element(self, element_id: str) -> Element:
        """Raises EngineError with a near miss when there is none of this id."""
        if element_id not in self.elements:
            raise EngineError(f"没有元素“{element_id}”", file=self.file, element=element_id,
                              hint=near(element_id, self.elements))
        return self.elements[element_id]


def load_process(process_id: str, files: Mapping[str, bytes]) -> Process:
    """The process of this id out of the files of its procedure (path -> bytes; `*.bpmn` and `*.dmn` are read).

    Raises EngineError with file, element, element_name, expression and hint for what is no harmless diagram of the
    dialect. A few milliseconds: keep the result for as long as the release lives.
    """
    texts = _closure(process_id, Library(files))
    elements = _all_elements(texts)
    main = texts[process_id]
    builder = Builder(elements, read_tables(files))
    specs = {name: spec for text in texts.values() for name, spec in builder.specs_of(text).items()}
    start = main.start_of("")
    builder.ensure_compiles(main)
    builder.ensure_tells_compile(texts.values())
    return Process(
        id=main.id, name=main.name, title=main.properties.get("title") or main.name, file=main.file,
        documentation=main.documentation, case_prefix=_case_prefix(main), stages=_words(main, "stages", ";"),
        starters=_starters(main, start), start_form=start.form, start=elements[start.id], summary=main.properties.get("summary", ""), grouping=_grouping(main), blind=(main.properties.get("blind", ""), main.properties.get("blind_label", "")), tells=tells_of(texts.values()), dates=main.properties.get("dates", ""),
        certificate_keepers=_words(main, "certificates_kept_by", ","),
        elements=elements, flows={flow.id: Flow(flow.source, flow.target, flow.name)
                                  for text in texts.values() for flow in text.flows.values()},
        called={element.id: element.called for element in elements.values() if element.called},
        subprocess_of={element.id: element.parent for element in elements.values() if element.parent},
        messages=_messages(elements), specs=specs)


def _closure(process_id: str, library: Library) -> dict[str, ProcessText]:
    """The process and all that it calls, directly or not. Raises EngineError for a process that calls itself."""
    found: dict[str, ProcessText] = {}

    def follow(name: str, callers: tuple[str, ...], caller: Element | None = None) -> None:
        if name in callers:
            raise EngineError.at(caller, f"流程“{name}”直接或间接调用了自己")
        if name not in found:
            found[name] = library.read(name, caller)
        for element in found[name].elements.values():
            if element.called:
                follow(element.called, (*callers, name), element)

    follow(process_id, ())
    return found


def _all_elements(texts: Mapping[str, ProcessText]) -> dict[str, Element]:
    found: dict[str, Element] = {}
    flows: set[str] = set()
    for text in texts.values():
        for element in text.elements.values():
            if element.id in found or element.id in texts:
                raise EngineError.at(element, "元素 id 与同一流程（或其调用的流程）中的另一个重复")
            ensure_stage(element, text)
            found[element.id] = replace(element, decisions=decisions_of(element, text))
        if twice := flows & set(text.flows):
            raise EngineError("顺序流 id 与所调用流程中的另一条重复", file=text.file, element=min(twice))
        flows |= set(text.flows)
    return found


def ensure_stage(element: Element, text: ProcessText) -> None:
    stages = _words(text, "stages", ";")
    if element.stage and stages and element.stage not in stages:
        raise EngineError.at(element, f"流程没有阶段“{element.stage}”", hint=near(element.stage, stages))


def _words(text: ProcessText, name: str, separator: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.properties.get(name, "").split(separator) if word.strip())


def _starters(text: ProcessText, start: Element) -> tuple[str, ...]:
    own = tuple(word.strip() for word in start.role.split(",") if word.strip())
    return own or _words(text, "starters", ",")


def _grouping(text: ProcessText) -> dict[str, str]:
    """by, under, owner (CEL) and overseen_by (role codes), as far as the diagram says them."""
    names = {"by": "group_by", "under": "group_under", "owner": "group_owner", "overseen_by": "overseen_by"}
    return {key: text.properties[name] for key, name in names.items() if text.properties.get(name)}


def _case_prefix(text: ProcessText) -> str:
    prefix = text.properties.get("casePrefix", "")
    if prefix and not re.fullmatch(r"\d{3}", prefix, re.ASCII):
        raise EngineError(f"casePrefix 应为三位数字，不能是“{prefix}”", file=text.file, element=text.id, element_name=text.name)
    return prefix


def _messages(elements: Mapping[str, Element]) -> dict[str, tuple[str, ...]]:
    names = {element.message for element in elements.values() if element.message}
    return {name: tuple(element.id for element in elements.values() if element.message == name)
            for name in sorted(names)}
