"""However a diagram is mangled, the linter says something and never falls over; what passes without an error, the engine takes.

The diagrams are the project's own: elements and attributes are deleted, renamed, rewired and swapped at random.
"""
from __future__ import annotations

import random
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from app import engine
from app.connectors import KNOWN_TOPICS
from app.definitions import Bundle, check, read_folder
from app.definitions.linter.fixes import fix_for
from tests.support.builders import DATA, ROOT

WHOLE = read_folder(DATA / "lending-library")
REAL = read_folder(ROOT)
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
WORDS = ["", "Start", "vars.nothing", "form.x.y > 1", "outcome == \"x\"", "P-1D", "R3/PT1S", "你好", "1 +", "case.starter", "item", "true", "🚀" * 30, "__class__"]


def _delete(nodes, rnd):
    node = rnd.choice(nodes)
    if node.getparent() is not None:
        node.getparent().remove(node)


def _change_attribute(nodes, rnd):
    node = rnd.choice([node for node in nodes if node.attrib])
    name = rnd.choice(list(node.attrib))
    others = [other.get(name) for other in nodes if other.get(name)]
    node.set(name, rnd.choice([*WORDS, *others]))


def _drop_attribute(nodes, rnd):
    node = rnd.choice([node for node in nodes if node.attrib])
    del node.attrib[rnd.choice(list(node.attrib))]


def _rewire(nodes, rnd):
    flows = [node for node in nodes if node.tag == f"{BPMN}sequenceFlow"]
    if flows:
        rnd.choice(flows).set(rnd.choice(["sourceRef", "targetRef"]), rnd.choice(flows).get(rnd.choice(["sourceRef", "targetRef"]), ""))


def _rename_tag(nodes, rnd):
    node = rnd.choice(nodes)
    node.tag = rnd.choice([other.tag for other in nodes])


def _change_text(nodes, rnd):
    rnd.choice(nodes).text = rnd.choice(WORDS)


def _copy(nodes, rnd):
    node = rnd.choice(nodes)
    if node.getparent() is not None:
        node.addnext(etree.fromstring(etree.tostring(node)))


def _swap(nodes, rnd):
    node, other = rnd.choice(nodes), rnd.choice(nodes)
    if node is not other and node not in list(other.iterancestors()):
        other.append(node)


CHANGES = [_delete, _change_attribute, _drop_attribute, _rewire, _rename_tag, _change_text, _copy, _swap]


def _mangled(bundle: Bundle, path: str, seed: int, count: int) -> Bundle:
    rnd = random.Random(seed)
    root = etree.fromstring(bundle.files[path])
    for _ in range(count):
        nodes = [node for node in root.iter() if isinstance(node.tag, str) and node is not root]
        if nodes:
            rnd.choice(CHANGES)(nodes, rnd)
    return Bundle({**bundle.files, path: etree.tostring(root, xml_declaration=True, encoding="UTF-8")})


def _ensure_told_or_taken(bundle: Bundle) -> None:
    found = check(bundle, topics=KNOWN_TOPICS)
    for one in found:
        assert one.message and one.file
        fix_for(one, bundle)
    if any(one.severity == "error" for one in found):
        return
    for name in bundle.procedures:
        procedure = bundle.procedure(name)
        for process_id in procedure.processes:
            engine.load_process(process_id, procedure.files)


def _diagrams(bundle: Bundle) -> list[str]:
    return sorted(path for path in bundle.files if path.endswith((".bpmn", ".dmn")))


@settings(max_examples=80, deadline=None)
@given(path=st.sampled_from(_diagrams(WHOLE)), seed=st.integers(0, 2**32), count=st.integers(1, 6))
def test_a_mangled_diagram_is_told_or_taken(path, seed, count):
    _ensure_told_or_taken(_mangled(WHOLE, path, seed, count))


@settings(max_examples=8, deadline=None)
@given(path=st.sampled_from(_diagrams(REAL)), seed=st.integers(0, 2**32), count=st.integers(1, 3))
def test_a_mangled_diagram_of_the_real_procedure_is_told_or_taken(path, seed, count):
    _ensure_told_or_taken(_mangled(REAL, path, seed, count))


@settings(max_examples=40, deadline=None)
@given(path=st.sampled_from(sorted(path for path in WHOLE.files if path.endswith((".yml", ".html")))), seed=st.integers(0, 2**32))
def test_a_file_with_lines_taken_out_or_doubled_never_trips_the_linter(path, seed):
    rnd = random.Random(seed)
    lines = WHOLE.files[path].decode().splitlines(keepends=True)
    for _ in range(rnd.randint(1, 4)):
        at = rnd.randrange(len(lines))
        lines[at] = rnd.choice(["", lines[at] * 2, lines[at].replace(rnd.choice(lines[at] or " "), rnd.choice("{}[]:#'\"\t"), 1), rnd.choice(lines)])
    bundle = Bundle({**WHOLE.files, path: "".join(lines).encode()})
    for one in check(bundle, topics=KNOWN_TOPICS):
        fix_for(one, bundle)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_value_of_another_shape_never_trips_the_linter(data):
    path = data.draw(st.sampled_from(sorted(path for path in WHOLE.files if path.endswith(".yml"))))
    text = WHOLE.files[path].decode()
    places = list(re.finditer(r"(?<=[{ ,])[a-z_]+: ([^,}\n]+)", text))
    if places:
        place, value = data.draw(st.sampled_from(places)), data.draw(st.sampled_from(["[a]", "{a: 1}", "3", "true", "[[1]]", "''", "null"]))
        changed = text[:place.start(1)] + value + text[place.end(1):]
        check(Bundle({**WHOLE.files, path: changed.encode()}), topics=KNOWN_TOPICS)
