"""Edits a copy of the procedure's files as an analyst's modeller would: elements, flows and their drawing together.

Tests only. Everything is done with the files below processes/, forms/ and reports/; no Python of the service is touched.
"""
from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from lxml import etree

from tests.support.builders import ROOT

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL", "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC", "di": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn", "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
SIZES = {"userTask": (120, 80), "exclusiveGateway": (50, 50), "intermediateCatchEvent": (36, 36)}


def _q(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NS[prefix]}}}{local}"


class Workshop:
    """A copy of processes/, forms/ and reports/ of one procedure, to be changed and published."""

    def __init__(self, folder: Path, procedure: str = "title-review"):
        self.folder, self.procedure = folder, procedure
        for top in ("processes", "forms", "reports"):
            shutil.copytree(ROOT / top / procedure, folder / top / procedure)

    def path(self, top: str, name: str) -> Path:
        return self.folder / top / self.procedure / name

    def diagram(self, name: str = "title-review.bpmn") -> Diagram:
        return Diagram(self.path("processes", name))

    def replace(self, top: str, name: str, old: str, new: str) -> None:
        """Replaces every occurrence of a text in a file; it must be there."""
        path = self.path(top, name)
        text = path.read_text("utf-8")
        assert old in text, (name, old)
        path.write_text(text.replace(old, new), "utf-8")

    def write(self, top: str, name: str, text: str) -> None:
        self.path(top, name).write_text(text, "utf-8")

    def append(self, top: str, name: str, text: str) -> None:
        path = self.path(top, name)
        path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + text + "\n", "utf-8")

    def remove(self, top: str, *names: str) -> None:
        for name in names:
            self.path(top, name).unlink()

    def keep_scenarios(self, *names: str) -> None:
        """Leaves only the scenarios that come through the changed part: each costs seconds."""
        for path in self.path("processes", "scenarios").glob("*.yml"):
            if path.stem not in names:
                path.unlink()

    def edit_scenarios(self, change) -> None:
        """`change(scenario)` gets each scenario as plain data and changes it in place."""
        for path in sorted(self.path("processes", "scenarios").glob("*.yml")):
            scenario = yaml.safe_load(path.read_text("utf-8"))
            scenario["clock"] = scenario["clock"].isoformat()
            change(scenario)
            path.write_text(yaml.dump(scenario, Dumper=_Plain, allow_unicode=True, sort_keys=False), "utf-8")


class _Plain(yaml.SafeDumper):
    """YAML without anchors: our own reader refuses them."""

    def ignore_aliases(self, data) -> bool:
        return True


class Diagram:
    """One .bpmn file; `save()` writes it. Elements are named by their ids."""

    def __init__(self, path: Path):
        self.path = path
        self.tree = etree.parse(path, etree.XMLParser(remove_blank_text=False, resolve_entities=False))
        self.process = self.tree.find("bpmn:process", NS)
        self.plane = self.tree.find(".//bpmndi:BPMNPlane", NS)

    def save(self) -> None:
        self.tree.write(str(self.path), xml_declaration=True, encoding="UTF-8")

    def element(self, name: str) -> etree._Element:
        return next(e for e in self.process.iter() if e.get("id") == name)

    def lanes(self) -> list[etree._Element]:
        return list(self.process.iter(_q("bpmn:lane")))

    def add_lane(self, name: str, label: str, role: str, scope: str = "") -> None:
        lane = etree.SubElement(self.process.find("bpmn:laneSet", NS), _q("bpmn:lane"), id=name, name=label)
        _set_properties(lane, role=role, scope=scope)
        bounds = [shape.find("dc:Bounds", NS) for shape in self._shapes(self.lanes()[:-1])]
        last = max(bounds, key=lambda b: float(b.get("y")))
        bottom = float(last.get("y")) + float(last.get("height"))
        self._draw(name, (float(last.get("x")), bottom, float(last.get("width")), 200), isHorizontal="true")

    def add(self, kind: str, name: str, label: str, lane: str, at: tuple[float, float], **attributes: str) -> etree._Element:
        """A new element of `kind` (userTask, exclusiveGateway, intermediateCatchEvent) in a lane, drawn at a place."""
        element = etree.Element(_q(f"bpmn:{kind}"), id=name, name=label)
        for attribute, value in attributes.items():
            element.set(_q(f"camunda:{attribute}"), value)
        self.process.append(element)
        etree.SubElement(self.element(lane), _q("bpmn:flowNodeRef")).text = name
        self._draw(name, (*at, *SIZES[kind]))
        return element

    def add_timer(self, name: str, label: str, lane: str, at: tuple[float, float], date: str) -> None:
        element = self.add("intermediateCatchEvent", name, label, lane, at)
        definition = etree.SubElement(element, _q("bpmn:timerEventDefinition"), id=f"on_{name}")
        etree.SubElement(definition, _q("bpmn:timeDate"), {_q("xsi:type"): "bpmn:tFormalExpression"}).text = date

    def connect(self, source: str, target: str, label: str = "", outcome: str = "", **properties: str) -> None:
        """A new flow; with `outcome` it is a button."""
        name = f"{source}_to_{target}"
        flow = etree.Element(_q("bpmn:sequenceFlow"), id=name, sourceRef=source, targetRef=target)
        if label:
            flow.set("name", label)
        if properties:
            _set_properties(flow, **properties)
        if outcome:
            etree.SubElement(flow, _q("bpmn:conditionExpression"), {_q("xsi:type"): "bpmn:tFormalExpression"}).text = f'outcome == "{outcome}"'
        self.process.append(flow)
        self._refer(source, "outgoing", name)
        self._refer(target, "incoming", name)
        self._draw_edge(name, source, target)

    def redirect(self, flow: str, target: str) -> None:
        """Lets an existing flow end elsewhere."""
        element = self.element(flow)
        self._unrefer(element.get("targetRef"), "incoming", flow)
        element.set("targetRef", target)
        self._refer(target, "incoming", flow)
        self._undraw(flow)
        self._draw_edge(flow, element.get("sourceRef"), target)

    def remove(self, *names: str) -> None:
        """Elements, the flows at them, their places in lanes and their drawing."""
        for name in names:
            for flow in [f for f in self.process.iter(_q("bpmn:sequenceFlow")) if name in (f.get("sourceRef"), f.get("targetRef"))]:
                self._unrefer(flow.get("sourceRef"), "outgoing", flow.get("id"))
                self._unrefer(flow.get("targetRef"), "incoming", flow.get("id"))
                self._undraw(flow.get("id"))
                flow.getparent().remove(flow)
            for reference in [r for r in self.process.iter(_q("bpmn:flowNodeRef")) if r.text == name]:
                reference.getparent().remove(reference)
            self._undraw(name)
            element = self.element(name)
            element.getparent().remove(element)

    def between(self, first: str, *stops: str) -> list[str]:
        """All elements that can be reached from `first`, events at tasks too, without going through `stops`."""
        found, ahead = [], [first]
        while ahead:
            name = ahead.pop()
            if name in found or name in stops:
                continue
            found.append(name)
            ahead += [flow.get("targetRef") for flow in self.process.iter(_q("bpmn:sequenceFlow")) if flow.get("sourceRef") == name]
            ahead += [event.get("id") for event in self.process.iter(_q("bpmn:boundaryEvent")) if event.get("attachedToRef") == name]
        return found

    def _refer(self, node: str, direction: str, flow: str) -> None:
        """BPMN wants documentation and extensions first, then incoming, then outgoing."""
        element = self.element(node)
        reference = etree.Element(_q(f"bpmn:{direction}"))
        reference.text = flow
        before = ["documentation", "extensionElements", "incoming"] + (["outgoing"] if direction == "outgoing" else [])
        place = sum(1 for child in element if etree.QName(child).localname in before)
        element.insert(place, reference)

    def _unrefer(self, node: str, direction: str, flow: str) -> None:
        for reference in self.element(node).findall(f"bpmn:{direction}", NS):
            if reference.text == flow:
                reference.getparent().remove(reference)

    def rename(self, element, name: str, label: str) -> None:
        """Another id and label, in the drawing too."""
        for shape in self._shapes([element]):
            shape.set("bpmnElement", name)
        element.set("id", name)
        element.set("name", label)

    def _shapes(self, elements) -> list[etree._Element]:
        names = {element.get("id") for element in elements}
        return [shape for shape in self.plane if shape.get("bpmnElement") in names]

    def _draw(self, name: str, box: tuple, **attributes: str) -> None:
        shape = etree.SubElement(self.plane, _q("bpmndi:BPMNShape"), id=f"{name}_di", bpmnElement=name, **attributes)
        x, y, width, height = (f"{value:g}" for value in box)
        etree.SubElement(shape, _q("dc:Bounds"), x=x, y=y, width=width, height=height)

    def _draw_edge(self, name: str, source: str, target: str) -> None:
        edge = etree.SubElement(self.plane, _q("bpmndi:BPMNEdge"), id=f"{name}_di", bpmnElement=name)
        for node in (source, target):
            (shape,) = self._shapes([self.element(node)])
            box = {key: float(value) for key, value in shape.find("dc:Bounds", NS).attrib.items()}
            etree.SubElement(edge, _q("di:waypoint"), x=f"{box['x'] + box['width'] / 2:g}", y=f"{box['y'] + box['height'] / 2:g}")

    def _undraw(self, name: str) -> None:
        for drawn in [d for d in self.plane if d.get("bpmnElement") == name]:
            self.plane.remove(drawn)


def set_stage(element, stage: str) -> None:
    """The stage of a task."""
    _set_properties(element, stage=stage)


def _set_properties(element, **values: str) -> None:
    extension = etree.Element(_q("bpmn:extensionElements"))
    properties = etree.SubElement(extension, _q("camunda:properties"))
    for name, value in values.items():
        if value:
            etree.SubElement(properties, _q("camunda:property"), name=name, value=value)
    element.insert(0, extension)
