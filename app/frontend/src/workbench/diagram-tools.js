// The buttons above the canvas. Everything that dragging does can be done here by keyboard: add after, attach, connect, apply a template.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { BOUNDARIES, PIECES, attach, mayAppend, mayAttach, shapeOf } from "./diagram-dialect.js";
import { moddleTools } from "./diagram-moddle.js";
import { said, say } from "./diagram-saving.js";

export function toolbar(modeler, bench) {
  const get = (name) => modeler.get(name, false), canvas = get("canvas"), actions = get("editorActions"), output = document.getElementById("zoom");
  const injector = modeler.get("injector");
  const nameOf = (element) => element.businessObject.name || element.id;
  const act = (name) => () => { if (actions?.isRegistered(name)) actions.trigger(name); };
  const chosen = (fits, then) => () => {
    const element = get("selection")?.get()[0];
    if (!element || element.labelTarget) return hint(said.nothing_selected);
    return fits(element) ? then(element) : hint(said.cannot);
  };
  const done = (element, words) => { if (element) bench.show(element.id, { focus: true }); hint(words); };

  const append = (source) => choose(say("append_to", { name: nameOf(source) }), PIECES.map((piece) => ({
    label: said[piece.key], className: piece.className,
    pick: () => done(get("autoPlace").append(source, get("elementFactory").createShape(shapeOf(piece))), say("added", { name: said[piece.key] })),
  })));
  const attachTo = (host) => choose(say("attach_to", { name: nameOf(host) }), BOUNDARIES.map((piece) => ({
    label: said[piece.key], className: piece.className, pick: () => done(attach(get("modeling"), get("elementFactory"), host, piece), say("added", { name: said[piece.key] })),
  })));
  const connect = (source) => choose(say("connect_to", { name: nameOf(source) }), targets(source).map((target) => ({
    label: `${nameOf(target)}`, pick: () => { const made = get("modeling").connect(source, target); done(made ?? null, made ? said.connected : said.cannot); },
  })));
  const targets = (source) => get("elementRegistry").filter((one) => is(one, "bpmn:FlowNode") && !one.labelTarget && one !== source && get("rules").allowed("connection.create", { source, target: one }));
  const template = (element) => {
    const found = get("elementTemplates").getAll(element);
    if (!found.length) return hint(said.no_template);
    return choose(say("template_for", { name: nameOf(element) }), found.map((one) => ({
      label: one.name, detail: one.description, pick: () => { const applied = get("elementTemplates").applyTemplate(element, keeping(moddleTools(injector), element, one)); done(applied ?? element, said.saved); },
    })));
  };
  modeler.get("eventBus").on("elementTemplates.select", ({ element }) => template(element));

  // In the middle of what is seen, so that it needs no mouse: into the pool, else onto the diagram itself.
  const paste = () => {
    if (!get("copyBetweenTabs").take()) return hint(said.nothing_copied);
    const box = canvas.viewbox(), point = { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) };
    const pools = get("elementRegistry").filter((one) => is(one, "bpmn:Participant"));
    const within = ({ x, y, width, height }) => point.x > x && point.x < x + width && point.y > y && point.y < y + height;
    const target = pools.find(within) ?? pools[0] ?? canvas.getRootElement();
    if (pools.length && !within(target)) Object.assign(point, { x: target.x + target.width / 2, y: target.y + target.height / 2 });
    const made = get("copyPaste").paste({ element: target, point }) ?? [];
    return done(made.find?.((one) => is(one, "bpmn:FlowNode")) ?? null, say("pasted", { n: made.length ?? 0 }));
  };

  const deeds = {
    undo: act("undo"), redo: act("redo"), find: () => setTimeout(act("find")), // a click outside closes the search: this one must be over first
    copy: () => { const found = get("selection").get(); act("copy")(); hint(found.length ? say("copied", { n: found.length }) : said.nothing_selected); },
    paste: () => paste(),
    remove: () => { act("removeSelection")(); hint(said.removed); },
    append: chosen(mayAppend, append), attach: chosen(mayAttach, attachTo), connect: chosen(mayAppend, connect), template: chosen(() => true, template),
    smaller: () => canvas.zoom(Math.max(0.2, canvas.zoom() / 1.25)), larger: () => canvas.zoom(Math.min(4, canvas.zoom() * 1.25)), fit: () => canvas.zoom("fit-viewport", "auto"), real: () => canvas.zoom(1, "auto"),
  };
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => deeds[button.dataset.do]());
  const zoomed = () => { output.value = `${Math.round(canvas.zoom() * 100)}%`; };
  modeler.get("eventBus").on("canvas.viewbox.changed", zoomed);
  zoomed();
}

// What an element has already counts more than what a template would begin with.
function keeping(tools, element, template) {
  const current = ({ type, name, source }) => {
    if (name === "conditionExpression") return tools.condition(element);
    if (type === "property") return tools.attribute(element, name);
    if (type === "camunda:property") return tools.property(element, name);
    const found = tools.parameters(element, type === "camunda:inputParameter" ? "input" : "output").find((one) => (source ? one.get("value") === source : one.get("name") === name));
    return (source ? found?.get("name") : found?.get("value")) ?? "";
  };
  const kept = (one) => { const value = one.type === "Hidden" ? one.value : current(one.binding) || one.value; return value ? { ...one, value } : one; };
  return { ...template, properties: template.properties.map(kept) };
}

// A short word for what just happened, read out by screen readers too.
export function hint(words) {
  const status = document.getElementById("saved");
  status.textContent = words;
}

// One list to choose from, filtered as one types; a dialog, so that focus comes back to where it was.
function choose(title, options) {
  const dialog = document.getElementById("chooser"), list = document.getElementById("chooser-list"), filter = document.getElementById("chooser-filter");
  document.getElementById("chooser-title").textContent = title;
  const draw = () => {
    const wanted = filter.value.trim().toLowerCase();
    list.replaceChildren(...options.filter((one) => !wanted || `${one.label}${one.detail ?? ""}`.toLowerCase().includes(wanted)).map((one) => {
      const item = document.createElement("li"), button = Object.assign(document.createElement("button"), { type: "button" });
      if (one.className) button.append(Object.assign(document.createElement("span"), { className: one.className }));
      button.append(Object.assign(document.createElement("b"), { textContent: one.label }));
      if (one.detail) button.append(Object.assign(document.createElement("small"), { textContent: one.detail }));
      button.addEventListener("click", () => { dialog.close(); one.pick(); });
      item.append(button);
      return item;
    }));
  };
  filter.value = "";
  filter.oninput = draw;
  filter.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); list.querySelector("button")?.click(); } if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("button")?.focus(); } };
  list.onkeydown = (event) => {
    const buttons = [...list.querySelectorAll("button")], at = buttons.indexOf(document.activeElement), move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) { event.preventDefault(); buttons[(at + move + buttons.length) % buttons.length]?.focus(); }
  };
  draw();
  dialog.showModal();
  filter.focus();
}
