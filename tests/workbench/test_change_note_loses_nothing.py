"""Random edits: whatever changes the meaning of a diagram, form or table is in the note; what does not, is said to change nothing."""
from __future__ import annotations

import copy
import io

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.definitions import Bundle
from app.workbench.changes import change_note
from tests.support import builders

NAME = "lending-library"
LIBRARY = builders.bundle_of().procedure(NAME)
DIAGRAM, TABLE, FORM = f"processes/{NAME}/lending.bpmn", f"processes/{NAME}/fine.dmn", f"forms/{NAME}/request.yml"
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
BPMN, CAMUNDA = "{http://www.omg.org/spec/BPMN/20100524/MODEL}", "{http://camunda.org/schema/1.0/bpmn}"
TEXTS = st.text("甲乙丙丁abcxyz019 ", min_size=1, max_size=12).map(str.strip).filter(bool)


def note_with(path: str, content: bytes):
    return change_note(LIBRARY, Bundle(dict(LIBRARY.content) | {path: content}).procedure(NAME))


def tree_of(path: str):
    return etree.fromstring(LIBRARY.content[path])


def written(root) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _name(node, new):
    node.set("name", new)


def _text(node, new):
    node.text = new


def _value(node, new):
    node.set("value", new)


def _form(node, new):
    node.set(f"{CAMUNDA}formKey", new)


def _away(node, _new):
    node.getparent().remove(node)


def _documented(node, new):
    said = etree.Element(f"{BPMN}documentation")
    said.text = new
    node.insert(0, said)


def _unheard_of(node, new):
    node.set("{urn:something-else}colour", new)


STEPS = [f"{BPMN}{name}" for name in ("userTask", "serviceTask", "scriptTask", "boundaryEvent", "endEvent", "exclusiveGateway")]
EDITS = {
    "name of a step": (lambda root: [node for tag in STEPS for node in root.iter(tag)], _name),
    "name of a way": (lambda root: list(root.iter(f"{BPMN}sequenceFlow")), _name),
    "condition": (lambda root: list(root.iter(f"{BPMN}conditionExpression")), _text),
    "property": (lambda root: list(root.iter(f"{CAMUNDA}property")), _value),
    "input": (lambda root: list(root.iter(f"{CAMUNDA}inputParameter")), _text),
    "script": (lambda root: list(root.iter(f"{BPMN}script")), _text),
    "time": (lambda root: [*root.iter(f"{BPMN}timeDate"), *root.iter(f"{BPMN}timeDuration")], _text),
    "form": (lambda root: list(root.iter(f"{BPMN}userTask")), _form),
    "a step gone": (lambda root: [node for tag in STEPS for node in root.iter(tag)], _away),
    "a way gone": (lambda root: list(root.iter(f"{BPMN}sequenceFlow")), _away),
    "a property gone": (lambda root: list(root.iter(f"{CAMUNDA}property")), _away),
    "documentation": (lambda root: [node for tag in STEPS for node in root.iter(tag)], _documented),
    "an attribute nobody knows": (lambda root: [node for tag in STEPS for node in root.iter(tag)], _unheard_of),
    "who is in a lane": (lambda root: list(root.iter(f"{BPMN}flowNodeRef")), _away),
    "name of a message": (lambda root: list(root.iter(f"{BPMN}message")), _name),
}


def facts(root) -> bytes:
    """The diagram without its drawing, to see whether an edit changed anything at all."""
    root = copy.deepcopy(root)
    for node in [node for node in root if node.tag.endswith("BPMNDiagram")]:
        root.remove(node)
    return etree.tostring(root, method="c14n")


@QUICK
@given(st.lists(st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, 500), TEXTS), min_size=1, max_size=4))
def test_no_edit_of_a_diagram_is_lost(edits):
    root = tree_of(DIAGRAM)
    for kind, place, text in edits:
        nodes, edit = EDITS[kind]
        found = nodes(root)
        if found:
            edit(found[place % len(found)], text)
    note = note_with(DIAGRAM, written(root))
    assert note.same_meaning == (facts(root) == facts(tree_of(DIAGRAM)))


@QUICK
@given(st.randoms(use_true_random=False), st.integers(-50, 50), st.booleans())
def test_a_diagram_that_is_only_written_or_drawn_otherwise_means_the_same(random, by, comment):
    root = tree_of(DIAGRAM)
    process = next(root.iter(f"{BPMN}process"))
    nodes = [node for node in process if node.tag in STEPS]
    random.shuffle(nodes)
    for node in nodes:
        process.append(node)        # the order of steps in the file means nothing
    for bounds in root.iter("{http://www.omg.org/spec/DD/20100524/DC}Bounds"):
        bounds.set("x", str(float(bounds.get("x")) + by))
    for properties in root.iter(f"{CAMUNDA}properties"):
        own = list(properties)
        random.shuffle(own)
        properties.extend(own)
    if comment:
        process.append(etree.Comment("a note of the tool"))
    root.set("exporter", "Another Modeler")
    note = note_with(DIAGRAM, written(root))
    assert note.same_meaning and len(note.blocks) == 1 and note.blocks[0].changes[0].kind in ("layout", "same")


# -- forms

SCALARS = {"label": TEXTS, "hint": TEXTS, "max_length": st.integers(1, 999), "required": st.booleans(), "width": st.sampled_from(["full", "half", "third"]),
           "personal": st.sampled_from(["identity", "contact", "other"]), "required_when": TEXTS.map(repr), "copied": st.booleans(), "label_en": TEXTS}


@QUICK
@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from(sorted(SCALARS)), st.data()), min_size=1, max_size=3), st.booleans())
def test_no_edit_of_a_form_is_lost(edits, turned):
    form = yaml.safe_load(LIBRARY.content[FORM])
    before = _meant(form)
    for place, attribute, data in edits:
        fields = [field for section in form["sections"] for field in section["fields"] if attribute != "max_length" or field["type"] == "text"]
        fields[place % len(fields)][attribute] = data.draw(SCALARS[attribute])
    if turned:
        form["sections"].reverse()
    note = note_with(FORM, yaml.safe_dump(form, allow_unicode=True, sort_keys=False).encode())
    assert note.same_meaning == (_meant(form) == before)


def _meant(value):
    """A form without what is its own default."""
    if isinstance(value, dict):
        return {key: _meant(inner) for key, inner in value.items() if (key, inner) not in (("required", False), ("width", "full"))}
    return [_meant(inner) for inner in value] if isinstance(value, list) else value


@QUICK
@given(st.randoms(use_true_random=False), st.sampled_from([None, True, False]))
def test_a_form_that_is_only_written_otherwise_means_the_same(random, flow):
    def shuffled(value):
        if isinstance(value, dict):
            keys = list(value)
            random.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(inner) for inner in value] if isinstance(value, list) else value

    form = shuffled(yaml.safe_load(LIBRARY.content[FORM]))
    note = note_with(FORM, b"# written anew\n" + yaml.safe_dump(form, allow_unicode=True, sort_keys=False, default_flow_style=flow).encode())
    assert note.same_meaning and [change.kind for change in note.changes()] == ["same"]


# -- tables


@QUICK
@given(st.lists(st.tuples(st.sampled_from(["cell", "row gone", "row twice", "note", "label", "policy"]), st.integers(0, 500), TEXTS), min_size=1, max_size=4))
def test_no_edit_of_a_table_is_lost(edits):
    root = tree_of(TABLE)
    space = f"{{{etree.QName(root).namespace}}}"
    for kind, place, text in edits:
        rules = list(root.iter(f"{space}rule"))
        if kind == "cell" and rules:
            cells = list(root.iter(f"{space}text"))
            cells[place % len(cells)].text = text
        elif kind == "row gone" and rules:
            _away(rules[place % len(rules)], "")
        elif kind == "row twice" and rules:
            rule = rules[place % len(rules)]
            twin = copy.deepcopy(rule)
            for node in twin.iter():
                node.attrib.pop("id", None)
            twin.set("id", f"twin-{place}-{len(rules)}")
            rule.addnext(twin)
        elif kind == "note" and rules:
            said = etree.Element(f"{space}description")
            said.text = text
            rules[place % len(rules)].insert(0, said)
        elif kind == "label":
            columns = [*root.iter(f"{space}input"), *root.iter(f"{space}output")]
            columns[place % len(columns)].set("label", text)
        elif kind == "policy":
            next(root.iter(f"{space}decisionTable")).set("hitPolicy", "UNIQUE")
    note = note_with(TABLE, written(root))
    assert note.same_meaning == (_rows(root, space) == _rows(tree_of(TABLE), space))


def _rows(root, space: str):
    """What a table says: every text and attribute in order, without the ids of its cells."""
    said = io.BytesIO()
    for node in root.iter():
        if node.tag == f"{space}text" and (node.text or "").strip() in ("", "-"):
            continue
        facts = sorted((key, value) for key, value in node.attrib.items() if key != "id")
        said.write(repr((node.tag, facts, (node.text or "").strip())).encode())
    return said.getvalue()
