// The diagram editor: bpmn-js with the standard properties panel, the settings of our dialect before it, and what keeps work safe.
// For who may only look it is a picture with the same list of steps. The watermark of bpmn.io stays visible: its licence asks for it.
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { is } from "bpmn-js/lib/util/ModelUtil";
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule } from "bpmn-js-properties-panel";
import { ElementTemplatesPropertiesProviderModule } from "bpmn-js-element-templates";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import minimap from "diagram-js-minimap";
import { ask } from "./api.js";
import copying from "./diagram-copy.js";
import dialect from "./diagram-dialect.js";
import { findingList } from "./diagram-findings.js";
import { benchOf, keepSaved, opened, said, say } from "./diagram-saving.js";
import { settingsModule } from "./diagram-settings.js";
import { stepList } from "./diagram-steps.js";
import { toolbar } from "./diagram-tools.js";
import { missing, translateModule } from "./diagram-words.js";

const place = document.getElementById("bench"), canvasPlace = document.getElementById("canvas"), panel = document.getElementById("panel");
const begun = performance.now();
start(benchOf(place));

async function start(bench) {
  const [file, words, templates] = await Promise.all([opened(bench), ask(`${bench.base}/vocabulary.json`), ask(`${bench.base}/templates.json?diagram=${encodeURIComponent(bench.name)}`)]);
  const modeler = bench.mayEdit ? editor(bench, words) : viewer(bench);
  Object.assign(bench, { words, saves: 0, allGroups: localStorage.getItem("pingshen.all-groups") === "yes", ...finders(modeler) });
  const templateErrors = [];
  modeler.on("elementTemplates.errors", ({ errors }) => templateErrors.push(...errors.map((one) => one.message)));
  modeler.get("elementTemplatesLoader", false)?.setTemplates(templates);
  if (!await show(modeler, file.text, bench)) return;
  canvasPlace.querySelector(".drawer-wait")?.remove();
  claim(bench, modeler);
  fit(modeler);
  stepList(modeler, document.getElementById("steps"), document.getElementById("step-filter"), bench);
  toolbar(modeler, bench);
  const findings = findingList({ bench, modeler });
  findings.refresh();
  if (bench.mayEdit) keep(bench, modeler, file.version, findings);
  addEventListener("hashchange", () => follow(bench));
  setTimeout(() => follow(bench), 80); // the panel begins to listen after it was drawn
  canvasPlace.dataset.ready = String(Math.round(performance.now() - begun));
  window.pingshenDiagram = { modeler, missing, bench, templateErrors }; // for tests and for who looks into it
}

function editor(bench, words) {
  allGroupsSwitch(bench);
  bench.words = words;
  bench.check = (asked) => ask(`${bench.base}/expression`, { method: "POST", json: { ...asked, file: bench.path } }).then((answer) => answer.problems);
  return new Modeler({
    container: canvasPlace, propertiesPanel: { parent: panel }, words: said, moddleExtensions: { camunda },
    additionalModules: [translateModule(bench.language), BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, CamundaPlatformPropertiesProviderModule, ElementTemplatesPropertiesProviderModule, minimap, dialect, copying, settingsModule(bench)],
  });
}

function viewer(bench) {
  panel.hidden = true;
  place.classList.add("drawer-reading");
  return new NavigatedViewer({ container: canvasPlace, moddleExtensions: { camunda }, additionalModules: [translateModule(bench.language)] });
}

async function show(modeler, text, bench) {
  try {
    await modeler.importXML(text);
    return true;
  } catch (error) {
    canvasPlace.querySelector(".drawer-wait").textContent = say("broken", { why: error.message.split("\n")[0] });
    bench.broken = true;
    return false;
  }
}

// What the other modules ask about the diagram as it is drawn now.
function finders(modeler) {
  const registry = modeler.get("elementRegistry"), canvas = modeler.get("canvas"), selection = modeler.get("selection", false);
  const processOf = (element) => { let object = element.businessObject; if (is(object, "bpmn:Participant")) object = object.processRef; while (object && !is(object, "bpmn:Process")) object = object.$parent; return object; };
  const property = (object, name) => (object?.extensionElements?.values ?? []).flatMap((one) => one.values ?? []).find((one) => one.name === name)?.value ?? "";
  return {
    elementOf: (id) => registry.get(id),
    elements: () => registry.filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget).map((one) => ({ value: one.id, label: one.businessObject.name || one.id, kind: kind(one) })),
    stages: (element) => property(processOf(element), "stages").split(";").map((one) => one.trim()).filter(Boolean),
    laneOf: (element) => registry.filter((one) => is(one, "bpmn:Lane") && (one.businessObject.flowNodeRef ?? []).includes(element.host && is(element, "bpmn:BoundaryEvent") && !(one.businessObject.flowNodeRef ?? []).includes(element.businessObject) ? element.host.businessObject : element.businessObject)).at(-1),
    show: (id, { focus = false } = {}) => {
      const element = registry.get(id);
      if (!element) return;
      if (canvas.getRootElement() !== canvas.findRoot(element)) canvas.setRootElement(canvas.findRoot(element));
      if (element.parent) canvas.scrollToElement(element, 120);
      selection?.select(element);
      if (focus && !panel.hidden) setTimeout(() => panel.querySelector(".bio-properties-panel-group-entries.open :is(input, select, textarea)")?.focus({ preventScroll: false }), 60);
    },
  };
}

const kind = (element) => { const type = element.businessObject.$type.replace("bpmn:", ""); return type[0].toLowerCase() + type.slice(1); };

// A long diagram shown whole is unreadable: it opens at its beginning, with letters one can read.
function fit(modeler) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= 0.65) { canvas.scroll({ dx: panel.hidden ? 0 : 60, dy: 0 }); return; }
  canvas.zoom(0.75);
  const box = canvas.viewbox();
  canvas.viewbox({ x: box.inner.x - (panel.hidden ? 30 : 150), y: box.inner.y - 30, width: box.width, height: box.height });
}

function keep(bench, modeler, version, findings) {
  const content = async () => (await modeler.saveXML({ format: true })).xml;
  const saved = async () => {
    bench.saves += 1;
    findings.refresh();
    bench.words = await ask(`${bench.base}/vocabulary.json`).catch(() => bench.words);
    claim(bench, modeler);
    refreshTemplates(bench, modeler);
  };
  const compare = async (theirs) => {
    const mine = await content(), different = differing(theirs ?? "", mine);
    await Promise.all([picture("theirs", theirs, different), picture("mine", mine, different)]);
  };
  const keeper = keepSaved({ bench, version, content, saved, compare, open: async (text) => { await modeler.importXML(text); claim(bench, modeler); } });
  modeler.on("commandStack.changed", ({ trigger }) => { if (trigger === "clear") return; tidy(modeler); keeper.changed(); });
  addEventListener("pagehide", () => keeper.now());
}

// An id names one element in all diagrams of a procedure: those of the others are taken here, too.
function claim(bench, modeler) {
  const { ids } = modeler.get("moddle");
  for (const { value } of bench.words.elements) if (ids && !ids.assigned(value)) ids.claim(value, { elsewhere: true });
}

async function refreshTemplates(bench, modeler) {
  const templates = await ask(`${bench.base}/templates.json?diagram=${encodeURIComponent(bench.name)}`).catch(() => null);
  if (templates) modeler.get("elementTemplatesLoader").setTemplates(templates);
}

// A template writes each of its properties, also those left open. An empty word means nothing to us and may be refused: it goes,
// and what holds nothing any more goes with it.
function tidy(modeler) {
  modeler.get("elementRegistry").forEach(({ businessObject: object, labelTarget }) => {
    if (labelTarget || !object?.get?.("camunda:modelerTemplate")) return;
    for (const name of ["camunda:formKey", "camunda:decisionRef", "camunda:resultVariable", "calledElement"]) if (object.$descriptor.propertiesByName[name] && object.get(name) === "") object.set(name, undefined);
    const extensions = object.extensionElements;
    for (const holder of extensions?.values ?? []) if (is(holder, "camunda:Properties") && holder.values) holder.values = holder.values.filter((one) => one.value);
    if (extensions) extensions.values = extensions.values.filter((one) => !is(one, "camunda:Properties") || one.values?.length);
    if (extensions && !extensions.values.length) object.extensionElements = undefined;
  });
}

// The elements that two versions do not say the same of; what only holds others, and where things lie, does not count.
function differing(one, other) {
  const [mine, theirs] = [one, other].map((text) => {
    const found = new Map();
    for (const node of new DOMParser().parseFromString(text, "text/xml").querySelectorAll("[id]"))
      if (!/^(definitions|collaboration|process|laneSet|subProcess|BPMN\w+)$/.test(node.localName)) found.set(node.id, node.outerHTML.replace(/>\s+</g, "><"));
    return found;
  });
  return [...new Set([...mine.keys(), ...theirs.keys()])].filter((id) => mine.get(id) !== theirs.get(id));
}

async function picture(id, text, different) {
  const holder = document.getElementById(id);
  holder.replaceChildren();
  const shown = new NavigatedViewer({ container: holder, moddleExtensions: { camunda } });
  await shown.importXML(text ?? "").then(() => spotlight(shown, different), (error) => { holder.textContent = error.message; });
}

function spotlight(shown, different) {
  const canvas = shown.get("canvas"), found = different.map((one) => shown.get("elementRegistry").get(one)).filter(Boolean);
  for (const element of found) canvas.addMarker(element, "differs");
  canvas.zoom("fit-viewport", "auto");
  if (!found.length) return;
  const { x, y, width = 0, height = 0, waypoints } = found[0], at = waypoints?.[0] ?? { x: x + width / 2, y: y + height / 2 };
  canvas.zoom(Math.max(0.6, canvas.zoom()), at);
  const box = canvas.viewbox();
  canvas.viewbox({ ...box, x: at.x - box.width / 2, y: at.y - box.height / 2 });
}

function follow(bench) {
  const id = decodeURIComponent(location.hash.slice(1));
  if (id) bench.show(id);
}

function allGroupsSwitch(bench) {
  const label = Object.assign(document.createElement("label"), { className: "drawer-switch", title: said.all_groups_help });
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: localStorage.getItem("pingshen.all-groups") === "yes" });
  box.addEventListener("change", () => {
    bench.allGroups = box.checked;
    localStorage.setItem("pingshen.all-groups", box.checked ? "yes" : "no");
    window.pingshenDiagram?.modeler.get("eventBus").fire("propertiesPanel.providersChanged");
  });
  label.append(box, ` ${said.all_groups}`);
  panel.append(label);
}
