// 步骤列表: the diagram as a list, lane by lane from left to right, so that every element is found, chosen and edited by keyboard.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { said } from "./diagram-saving.js";
import { translateModule } from "./diagram-words.js";

export function stepList(modeler, place, filter, bench) {
  const registry = modeler.get("elementRegistry"), selection = modeler.get("selection"), bus = modeler.get("eventBus");
  const { translate: [, translate] } = translateModule(bench.language);
  const nameOf = (element) => element.businessObject.name || element.businessObject.text || element.businessObject.id;
  const kind = (element) => translate(kindWords(element));
  let due = 0;

  function draw() {
    const wanted = filter.value.trim().toLowerCase(), shown = (element) => !wanted || nameOf(element).toLowerCase().includes(wanted) || element.id.toLowerCase().includes(wanted);
    const nodes = registry.filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget).sort((a, b) => a.x - b.x || a.y - b.y);
    const lanes = registry.filter((one) => is(one, "bpmn:Lane") && !one.children.some((child) => is(child, "bpmn:Lane"))).sort((a, b) => a.y - b.y);
    const heads = registry.filter((one) => is(one, "bpmn:Participant")).concat(registry.filter((one) => is(one, "bpmn:Process") && !one.parent));
    const rest = nodes.filter((node) => !lanes.some((lane) => bench.laneOf(node) === lane));
    const parts = heads.map((head) => [head, []]).concat(lanes.map((lane) => [lane, nodes.filter((node) => bench.laneOf(node) === lane)]), rest.length ? [[null, rest]] : []);
    place.replaceChildren(...parts.map(([lane, members]) => part(lane, members.filter(shown), lane && shown(lane))).filter(Boolean));
    mark();
  }

  function part(lane, members, laneShown) {
    if (!members.length && !laneShown) return null;
    const section = document.createElement("section");
    section.append(lane ? button(lane, "steps-lane") : Object.assign(document.createElement("p"), { className: "steps-lane", textContent: said.outside }));
    const list = document.createElement("ul");
    for (const node of members) {
      const item = document.createElement("li");
      item.append(button(node, "steps-node"));
      const flows = (node.outgoing ?? []).filter((flow) => is(flow, "bpmn:SequenceFlow"));
      if (flows.length > 1 || flows.some((flow) => flow.businessObject.name)) item.append(ways(flows));
      list.append(item);
    }
    if (members.length) section.append(list);
    return section;
  }

  function ways(flows) {
    const list = document.createElement("ul");
    for (const flow of flows) {
      const item = document.createElement("li"), one = button(flow, "steps-flow");
      one.querySelector(".steps-name").textContent = `${flow.businessObject.name || "→"} → ${flow.target ? nameOf(flow.target) : ""}`;
      item.append(one);
      list.append(item);
    }
    return list;
  }

  function button(element, className) {
    const one = Object.assign(document.createElement("button"), { type: "button", className });
    one.dataset.element = element.id;
    const icon = Object.assign(document.createElement("small"), { textContent: kind(element) });
    one.append(Object.assign(document.createElement("span"), { className: "steps-name", textContent: nameOf(element) }), icon);
    one.addEventListener("click", () => bench.show(element.id, { focus: true }));
    return one;
  }

  function mark() {
    const chosen = new Set(selection.get().map((one) => one.id));
    for (const one of place.querySelectorAll("button")) {
      const current = chosen.has(one.dataset.element);
      one.setAttribute("aria-pressed", String(current));
      if (current && !place.contains(document.activeElement)) one.scrollIntoView({ block: "nearest" });
    }
  }

  const later = () => { clearTimeout(due); due = setTimeout(draw, 250); };
  bus.on(["elements.changed", "import.done", "shape.added", "shape.removed"], later);
  bus.on("selection.changed", mark);
  filter.addEventListener("input", draw);
  draw();
}

function kindWords(element) {
  const type = element.businessObject.$type.replace("bpmn:", ""), event = element.businessObject.eventDefinitions?.[0]?.$type.replace("bpmn:", "").replace("EventDefinition", "");
  const known = { UserTask: "User task", ServiceTask: "Service task", ScriptTask: "Script task", BusinessRuleTask: "Business rule task", ReceiveTask: "Receive task", CallActivity: "Call activity", SubProcess: "Sub-process", ExclusiveGateway: "Exclusive gateway", ParallelGateway: "Parallel gateway", StartEvent: "Start event", SequenceFlow: "Sequence flow", Lane: "Lane", Participant: "Participant", Process: "Process" };
  if (type === "EndEvent") return event === "Terminate" ? "Terminate end event" : "End event";
  if (type === "BoundaryEvent") return `${event} boundary event${element.businessObject.cancelActivity === false ? " (non-interrupting)" : ""}`;
  if (type === "IntermediateCatchEvent") return `${event} intermediate catch event`;
  return known[type] ?? type;
}
