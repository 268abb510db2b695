// What our dialect lets one draw: palette, context pad and menus offer what the engine runs and nothing else. The same list of
// pieces serves the mouse and the keyboard. The linter refuses the rest anyway; here nobody is led into it.
import { is } from "bpmn-js/lib/util/ModelUtil";

export const PIECES = [
  { key: "user_task", type: "bpmn:UserTask", className: "bpmn-icon-user-task" },
  { key: "exclusive", type: "bpmn:ExclusiveGateway", className: "bpmn-icon-gateway-xor" },
  { key: "end_event", type: "bpmn:EndEvent", className: "bpmn-icon-end-event-none" },
  { key: "service_task", type: "bpmn:ServiceTask", className: "bpmn-icon-service-task" },
  { key: "script_task", type: "bpmn:ScriptTask", className: "bpmn-icon-script-task" },
  { key: "rule_task", type: "bpmn:BusinessRuleTask", className: "bpmn-icon-business-rule-task" },
  { key: "receive_task", type: "bpmn:ReceiveTask", className: "bpmn-icon-receive-task" },
  { key: "message_catch", type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:MessageEventDefinition", className: "bpmn-icon-intermediate-event-catch-message" },
  { key: "timer_catch", type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:TimerEventDefinition", className: "bpmn-icon-intermediate-event-catch-timer" },
  { key: "parallel", type: "bpmn:ParallelGateway", className: "bpmn-icon-gateway-parallel" },
  { key: "call_activity", type: "bpmn:CallActivity", className: "bpmn-icon-call-activity" },
  { key: "sub_process", type: "bpmn:SubProcess", isExpanded: true, className: "bpmn-icon-subprocess-expanded" },
  { key: "terminate_end", type: "bpmn:EndEvent", eventDefinitionType: "bpmn:TerminateEventDefinition", className: "bpmn-icon-end-event-terminate" },
];
export const BOUNDARIES = [
  { key: "message_boundary", eventDefinitionType: "bpmn:MessageEventDefinition", cancelActivity: true, className: "bpmn-icon-intermediate-event-catch-message" },
  { key: "message_boundary_soft", eventDefinitionType: "bpmn:MessageEventDefinition", cancelActivity: false, className: "bpmn-icon-intermediate-event-catch-non-interrupting-message" },
  { key: "timer_boundary", eventDefinitionType: "bpmn:TimerEventDefinition", cancelActivity: true, className: "bpmn-icon-intermediate-event-catch-timer" },
  { key: "timer_boundary_soft", eventDefinitionType: "bpmn:TimerEventDefinition", cancelActivity: false, className: "bpmn-icon-intermediate-event-catch-non-interrupting-timer" },
].map((one) => ({ ...one, type: "bpmn:BoundaryEvent" }));
const START = { key: "start_event", type: "bpmn:StartEvent", className: "bpmn-icon-start-event-none" };
const PALETTE = [START, ...PIECES];

const REPLACEMENTS = new Set(`replace-with-user-task replace-with-service-task replace-with-script-task replace-with-rule-task replace-with-receive-task
  replace-with-call-activity replace-with-exclusive-gateway replace-with-parallel-gateway replace-with-none-start replace-with-none-end replace-with-terminate-end
  replace-with-message-intermediate-catch replace-with-timer-intermediate-catch replace-with-message-boundary replace-with-timer-boundary
  replace-with-non-interrupting-message-boundary replace-with-non-interrupting-timer-boundary replace-with-expanded-subprocess replace-with-collapsed-subprocess
  replace-with-sequence-flow replace-with-default-flow toggle-parallel-mi toggle-sequential-mi toggle-non-interrupting replace-with-expanded-pool`.split(/\s+/));

export const shapeOf = ({ key, className, ...piece }) => piece; // what the element factory takes

// Whether a shape may have something after it, or something attached to it.
export const mayAppend = (element) => is(element, "bpmn:FlowNode") && !is(element, "bpmn:EndEvent");
export const mayAttach = (element) => is(element, "bpmn:Activity");

function DialectPalette(palette, create, elementFactory, words) {
  palette.registerProvider(500, {
    getPaletteEntries: () => (entries) => {
      for (const key of Object.keys(entries)) if (/^create\./.test(key) && !/participant|group/.test(key)) delete entries[key];
      const { "create.participant-expanded": pool, "create.group": group, ...tools } = entries;
      const start = (piece) => (event) => create.start(event, elementFactory.createShape(shapeOf(piece)));
      const pieces = PALETTE.map((piece) => [`create.${piece.key}`, { group: piece.key.includes("event") || piece.key.includes("catch") || piece.key.endsWith("end") ? "event" : /exclusive|parallel/.test(piece.key) ? "gateway" : "activity", className: piece.className, title: words[piece.key], action: { dragstart: start(piece), click: start(piece) } }]);
      return { ...tools, ...Object.fromEntries(pieces), "create.participant-expanded": pool, "create.group": group };
    },
  });
}
DialectPalette.$inject = ["palette", "create", "elementFactory", "config.words"];

function DialectPad(contextPad, autoPlace, create, elementFactory, popupMenu, modeling, words) {
  contextPad.registerProvider(500, {
    getContextPadEntries: (element) => (entries) => {
      for (const key of Object.keys(entries)) if (/^append\./.test(key) && key !== "append.text-annotation") delete entries[key];
      if (!mayAppend(element)) return entries;
      const append = (piece) => ({
        group: "model", className: piece.className, title: words[piece.key],
        action: { click: (_, source) => autoPlace.append(source, elementFactory.createShape(shapeOf(piece))), dragstart: (event, source) => create.start(event, elementFactory.createShape(shapeOf(piece)), { source }) },
      });
      const more = { group: "model", className: "bpmn-icon-plus dialect-more", title: words.append_menu, action: { click: (event, source) => popupMenu.open(source, "dialect-append", { x: event.x, y: event.y, cursor: { x: event.x, y: event.y } }, { title: words.append_menu, width: 320, search: true }) } };
      return { ...Object.fromEntries(PIECES.slice(0, 3).map((piece) => [`append.${piece.key}`, append(piece)])), "append.more": more, ...entries };
    },
  });
  popupMenu.registerProvider("dialect-append", {
    getPopupMenuEntries: (element) => Object.fromEntries([
      ...PIECES.map((piece) => [piece.key, { label: words[piece.key], className: piece.className, action: () => autoPlace.append(element, elementFactory.createShape(shapeOf(piece))) }]),
      ...(mayAttach(element) ? BOUNDARIES.map((piece) => [piece.key, { label: words[piece.key], className: piece.className, action: () => attach(modeling, elementFactory, element, piece) }]) : []),
    ]),
  });
}
DialectPad.$inject = ["contextPad", "autoPlace", "create", "elementFactory", "popupMenu", "modeling", "config.words"];

// The lower edge of a task, right of what is already there.
export function attach(modeling, elementFactory, host, piece) {
  const shape = elementFactory.createShape(shapeOf(piece));
  const taken = (host.attachers ?? []).length;
  return modeling.createShape(shape, { x: host.x + 24 + (taken * 44) % Math.max(44, host.width - 24), y: host.y + host.height }, host, { attach: true });
}

// The entries of a menu are filtered after all others put theirs in.
function DialectReplace(popupMenu) {
  popupMenu.registerProvider("bpmn-replace", 100, {
    getPopupMenuEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => REPLACEMENTS.has(key))),
    getPopupMenuHeaderEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([key]) => REPLACEMENTS.has(key))),
  });
}
DialectReplace.$inject = ["popupMenu"];

// Whatever way a shape comes about (dragging, replacing, pasting from elsewhere): a plain task is a user task.
function DialectShapes(eventBus, bpmnFactory) {
  eventBus.on(["commandStack.shape.create.preExecute", "commandStack.elements.create.preExecute"], 2000, ({ context }) => {
    for (const shape of context.elements ?? [context.shape]) if (shape.type === "bpmn:Task") {
      const { id, name } = shape.businessObject;
      shape.businessObject = Object.assign(bpmnFactory.create("bpmn:UserTask", { id, name }), { di: shape.businessObject.di });
      shape.type = "bpmn:UserTask";
      if (shape.di) shape.di.bpmnElement = shape.businessObject;
    }
  });
}
DialectShapes.$inject = ["eventBus", "bpmnFactory"];

export default {
  __init__: ["dialectPalette", "dialectPad", "dialectReplace", "dialectShapes"],
  dialectPalette: ["type", DialectPalette], dialectPad: ["type", DialectPad], dialectReplace: ["type", DialectReplace], dialectShapes: ["type", DialectShapes],
};
