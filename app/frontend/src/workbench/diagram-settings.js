// 评审设置: for each kind of element exactly what our dialect knows, with the real roles, forms, tables and variables to choose from.
// Registered last, so that it stands first and may leave out of the standard panel what it says better itself.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { Group } from "@bpmn-io/properties-panel";
import { ExpressionEntry } from "./diagram-expression.js";
import { ChoiceEntry, ManyEntry, StagesEntry, WordsEntry, YesEntry } from "./diagram-entries.js";
import { moddleTools, repeatedAt } from "./diagram-moddle.js";

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
// Standard groups that stay: the rest says what ours says better, or what this service does not run.
// A template's own fields are among ours, with completion and checks.
const KEPT = /^(general|documentation|ElementTemplates__Template)$/;

export function kindOf(element) {
  const type = element.businessObject.$type.replace("bpmn:", "");
  return { Participant: "process", Process: "process", Collaboration: "" }[type] ?? type[0].toLowerCase() + type.slice(1);
}

export function settingsModule(bench) {
  function DialectSettings(propertiesPanel, injector) {
    propertiesPanel.registerProvider(200, {
      getGroups: (element) => (groups) => {
        const own = ownGroups(element, bench, injector);
        const others = bench.allGroups ? groups : groups.filter((group) => KEPT.test(group.id) || filledForeign(group));
        const place = (group) => (group.id === "general" ? 0 : group.id.startsWith("ElementTemplates__") ? 1 : own.includes(group) ? 2 : 3);
        const all = [...own, ...others.map((group) => (group.id === "general" ? { ...group, shouldOpen: true } : group))];
        return all.sort((a, b) => place(a) - place(b)).map(speaking(injector.get("translate")));
      },
    });
  }
  DialectSettings.$inject = ["propertiesPanel", "injector"];
  return { __init__: ["dialectSettings"], dialectSettings: ["type", DialectSettings] };
}

// The frame of a group speaks English unless it is handed the words.
const speaking = (translate) => (group) => ({ ...group, translate, ...(group.items ? { items: group.items.map((one) => ({ ...one, translate })) } : {}) });

// What is refused here but stands in the file must be seen, or nobody could take it out.
const FOREIGN = /Listener|FieldInjection|ConnectorInput|ConnectorOutput|FormData|InMapping|OutMapping|Errors/;
const filledForeign = (group) => FOREIGN.test(group.id) && group.items?.length > 0;

function ownGroups(element, bench, injector) {
  const tools = moddleTools(injector), kind = kindOf(element);
  const at = { element, bench, tools, kind, object: element.businessObject };
  if (is(element, "bpmn:Participant") && !element.businessObject.processRef) return [];
  const settings = (bench.words.settings[kind] ?? []).filter((one) => applies(one, at));
  const [telling, main] = [settings.filter((one) => one.name.startsWith("tell_")), settings.filter((one) => !one.name.startsWith("tell_") && !one.name.startsWith("gather"))];
  const entries = [...special(at), ...main.map((one) => settingEntry(one, at))];
  const several = severalEntries(at, settings.filter((one) => one.name.startsWith("gather")));
  return [
    group("settings", bench.said.settings, entries, true),
    group("parameters", bench.said.parameters, parameterEntries(at), true),
    group("several", bench.said.several, several, tools.loop(element) !== undefined),
    group("telling", bench.said.telling, telling.map((one) => settingEntry(one, at)), telling.some((one) => tools.property(element, one.name))),
  ].filter((one) => one.entries.length);
}

const group = (id, label, entries, shouldOpen) => ({ id: `dialect-${id}`, label, component: Group, entries, shouldOpen });

// A timer has nobody who acts on it; buttons are on flows that leave the gateway after a task.
function applies(setting, { element, bench, tools }) {
  const timed = tools.definition(element, "bpmn:TimerEventDefinition");
  return !(timed && bench.words.acting.includes(setting.name)) && !(timed && ["drops_drafts"].includes(setting.name));
}

function settingEntry(setting, { element, bench, tools, kind }) {
  const { name, label, input, options, check } = setting;
  const common = { id: `${kind}-${name}`, element, bench, label, help: helpOf(setting, element, bench, tools), getValue: () => tools.property(element, name), setValue: (value) => tools.setProperty(element, name, value) };
  const { roles, registers } = bench.words;
  switch (input) {
    case "expression": return { ...common, component: ExpressionEntry, check: kind === "lane" ? "lane" : check, repeated: repeatedAt(element) };
    case "role": return { ...common, component: ChoiceEntry, options: roles };
    case "roles": return { ...common, component: ManyEntry, options: name === "starters" ? [{ value: "*", label: bench.said.everyone }, ...roles] : roles };
    case "registers": return { ...common, component: ManyEntry, options: registers.filter((one) => one.bars) };
    case "elements": return { ...common, component: ManyEntry, options: bench.elements().filter((one) => one.kind === "userTask") };
    case "stage": return { ...common, component: ChoiceEntry, options: bench.stages(element).map((value) => ({ value, label: value })) };
    case "stages": return { ...common, component: StagesEntry };
    case "words": return { ...common, component: ChoiceEntry, options, plain: true };
    case "yes": return { ...common, component: YesEntry, getValue: () => tools.property(element, name) === "true", setValue: (yes) => tools.setProperty(element, name, yes ? "true" : "") };
    case "name": return { ...common, component: WordsEntry, check: (text) => (NAME.test(text) ? "" : bench.said.bad_name) };
    default: return { ...common, component: WordsEntry, lines: input === "lines" };
  }
}

// The role of the lane is what counts where a task says nothing.
function helpOf(setting, element, bench, tools) {
  if (setting.name !== "role" || !is(element, "bpmn:UserTask")) return setting.help;
  const lane = bench.laneOf(element), role = lane && tools.property(lane, "role");
  const named = bench.words.roles.find((one) => one.value === role);
  return named ? bench.say("role_of_lane", { role: named.label }) : setting.help;
}

// -- what is no property of ours but a part of BPMN

function special(at) {
  const make = { userTask: formEntry, startEvent: formEntry, sequenceFlow: flowEntries, serviceTask: topicEntry, businessRuleTask: ruleEntries, callActivity: callEntry, scriptTask: scriptEntry, receiveTask: messageEntry, boundaryEvent: eventEntries, intermediateCatchEvent: eventEntries }[at.kind];
  return make ? [make(at)].flat().filter(Boolean) : [];
}

const entry = ({ element, bench, kind }, name, component, more) => ({ id: `${kind}-${name}`, element, bench, component, ...more });
const choice = (at, name, label, help, attribute, options, more = {}) => entry(at, name, ChoiceEntry, { label, help, options, getValue: () => at.tools.attribute(at.element, attribute), setValue: (value) => at.tools.setAttributes(at.element, { [attribute]: value || undefined }), ...more });

function formEntry(at) {
  const { bench } = at, { said } = bench, task = at.kind === "userTask";
  return choice(at, "form", task ? said.form : said.form_first, task ? said.form_help : said.form_first_help, "camunda:formKey", bench.words.forms,
    { needed: task, link: (value) => value && { href: `${bench.home}/forms/${encodeURIComponent(value)}`, text: said.open_form } });
}

function flowEntries(at) {
  const { element, bench, tools } = at, { said } = bench, source = at.object.get("sourceRef");
  if (!is(source, "bpmn:ExclusiveGateway")) return [];
  const isDefault = source.get("default") === at.object, gateway = bench.elementOf(source.id);
  const fallback = entry(at, "default", YesEntry, { label: said.default, help: said.default_help, getValue: () => isDefault, setValue: (yes) => tools.setAttributes(gateway, { default: yes ? at.object : undefined }) });
  const condition = entry(at, "condition", ExpressionEntry, { label: said.condition, help: said.condition_help, needed: true, getValue: () => tools.condition(element), setValue: (text) => tools.setCondition(element, text), repeated: repeatedAt(element) });
  return isDefault && !tools.condition(element) ? [fallback] : [outcomeEntry(at, source), condition, fallback].filter(Boolean);
}

// After a task a condition is nearly always one word: it can be typed as that word alone.
function outcomeEntry(at, gateway) {
  const { element, bench, tools } = at, { said } = bench, before = gateway.get("incoming") ?? [];
  const word = /^\s*outcome\s*==\s*"([^"]*)"\s*$/, written = tools.condition(element);
  if (before.length !== 1 || !is(before[0].get("sourceRef"), "bpmn:UserTask") || (written && !word.test(written))) return null;
  return entry(at, "outcome", WordsEntry, { label: said.outcome, help: said.outcome_help, check: (text) => (NAME.test(text) ? "" : said.bad_name), getValue: () => word.exec(tools.condition(element))?.[1] ?? "", setValue: (text) => tools.setCondition(element, text ? `outcome == "${text}"` : "") });
}

function topicEntry(at) {
  const { element, bench, tools } = at, { said, words } = bench;
  const options = words.topics.map(({ value, label }) => ({ value, label: `${value}  ${label.slice(0, 24)}` }));
  const topic = words.topics.find((one) => one.value === tools.attribute(element, "camunda:topic"));
  return entry(at, "topic", ChoiceEntry, { label: said.topic, help: topic?.label ?? said.topic_help, options, plain: true, needed: true, getValue: () => tools.attribute(element, "camunda:topic"), setValue: (value) => tools.setAttributes(element, { "camunda:type": value ? "external" : undefined, "camunda:topic": value || undefined }) });
}

function parameterEntries(at) {
  const { element, bench, tools, kind } = at, { said, words } = bench;
  const topic = kind === "serviceTask" && words.topics.find((one) => one.value === tools.attribute(element, "camunda:topic"));
  if (!topic) return [];
  const known = [...topic.needs, ...topic.may], written = tools.parameters(element, "input").map((one) => one.get("name"));
  const input = (name) => entry(at, `in-${name}`, ExpressionEntry, { label: words.parameters[name] ? `${words.parameters[name]}（${name}）` : name, needed: topic.needs.includes(name), help: known.includes(name) ? "" : said.unknown_parameter, repeated: repeatedAt(element),
    getValue: () => tools.parameters(element, "input").find((one) => one.get("name") === name)?.get("value") ?? "", setValue: (text) => tools.setParameter(element, "input", name, text) });
  return [...[...known, ...written.filter((name) => !known.includes(name))].map(input), ...resultEntries(at, topic)];
}

function resultEntries(at, topic) {
  const { element, bench, tools } = at, { said } = bench, outputs = tools.parameters(element, "output");
  const whole = outputs.find((one) => (one.get("value") ?? "").trim() === "result")?.get("name") ?? "";
  const others = outputs.filter((one) => (one.get("value") ?? "").trim() !== "result").map((one) => one.get("name"));
  return [
    entry(at, "result", WordsEntry, { label: said.result, help: bench.say("result_help", { names: topic.gives.join("、") }), check: (text) => (NAME.test(text) ? "" : said.bad_name), getValue: () => whole, setValue: (name) => tools.setParameter(element, "output", name || whole, name ? "result" : "", whole || name) }),
    ...others.map((name) => entry(at, `out-${name}`, ExpressionEntry, { label: bench.say("other_result", { name }), check: "output", getValue: () => tools.parameters(element, "output").find((one) => one.get("name") === name)?.get("value") ?? "", setValue: (text) => tools.setParameter(element, "output", name, text) })),
  ];
}

function ruleEntries(at) {
  const { bench } = at, { said, words } = bench;
  const link = (value) => { const found = words.decisions.find((one) => one.value === value); return found && { href: `${bench.base}/tables/${stem(found.path)}`, text: said.open_table }; };
  return [choice(at, "decision", said.decision, said.decision_help, "camunda:decisionRef", words.decisions, { needed: true, link }),
    entry(at, "variable", WordsEntry, { label: said.result_variable, help: said.result_variable_help, needed: true, check: (text) => (NAME.test(text) ? "" : said.bad_name), getValue: () => at.tools.attribute(at.element, "camunda:resultVariable"), setValue: (value) => at.tools.setAttributes(at.element, { "camunda:resultVariable": value || undefined }) })];
}

const stem = (path) => encodeURIComponent(path.replace(/^.*\//, "").replace(/\.\w+$/, ""));

function callEntry(at) {
  const { bench } = at, { said, words } = bench;
  const link = (value) => { const found = words.processes.find((one) => one.value === value); return found && { href: `${bench.base}/${stem(found.path)}`, text: said.open_diagram }; };
  return choice(at, "called", said.called, said.called_help, "calledElement", words.processes, { needed: true, link });
}

function scriptEntry(at) {
  const { bench, tools, element } = at, { said } = bench;
  return entry(at, "script", ExpressionEntry, { label: said.script, help: said.script_help, check: "script", rows: 4, needed: true, repeated: repeatedAt(element), getValue: () => tools.attribute(element, "script"), setValue: (text) => tools.setAttributes(element, { scriptFormat: "cel", script: text }) });
}

function messageEntry(at) {
  const { bench, tools, element } = at, { said, words } = bench;
  return entry(at, "message", WordsEntry, { label: said.message, help: said.message_help, needed: true, suggestions: words.messages, check: (text) => (NAME.test(text) ? "" : said.bad_name), getValue: () => tools.message(element), setValue: (name) => tools.setMessage(element, name) });
}

function eventEntries(at) {
  const { element, bench, tools, kind } = at, { said } = bench;
  const interrupting = kind === "boundaryEvent" && entry(at, "interrupting", YesEntry, { label: said.interrupting, help: said.interrupting_help, getValue: () => at.object.get("cancelActivity"), setValue: (yes) => tools.setAttributes(element, { cancelActivity: yes }) });
  if (tools.definition(element, "bpmn:MessageEventDefinition")) return [messageEntry(at), interrupting];
  if (!tools.definition(element, "bpmn:TimerEventDefinition")) return [];
  const kindNow = () => tools.timer(element)[0], text = () => tools.timer(element)[1];
  return [
    entry(at, "timer-kind", ChoiceEntry, { label: said.timer_kind, empty: null, plain: true, options: [{ value: "timeDate", label: said.timer_date }, { value: "timeDuration", label: said.timer_duration }], getValue: kindNow, setValue: (value) => tools.setTimer(element, value, text()) }),
    entry(at, "timer", ExpressionEntry, { label: said.timer, help: said.timer_help, needed: true, check: kindNow() === "timeDate" ? "date" : "duration", repeated: repeatedAt(element), getValue: text, setValue: (value) => tools.setTimer(element, /^"?P[\dT]/.test(value) ? "timeDuration" : /^\d{4}-/.test(value) ? "timeDate" : kindNow(), value) }),
    interrupting];
}

function severalEntries(at, gathering) {
  const { element, bench, tools } = at, { said } = bench;
  if (!is(element, "bpmn:Activity")) return [];
  const loop = tools.loop(element), make = entry(at, "several", YesEntry, { label: said.make_several, getValue: () => loop !== undefined, setValue: (yes) => tools.makeLoop(element, yes) });
  if (!loop) return [make];
  return [make,
    entry(at, "collection", ExpressionEntry, { label: said.collection, help: said.collection_help, needed: true, check: "collection", repeated: repeatedAt(element.parent), getValue: () => loop.get("camunda:collection") ?? "", setValue: (text) => tools.setLoop(element, { "camunda:collection": text || undefined, "camunda:elementVariable": "item" }) }),
    entry(at, "sequential", YesEntry, { label: said.sequential, getValue: () => loop.get("isSequential"), setValue: (yes) => tools.setLoop(element, { isSequential: yes }) }),
    entry(at, "completion", ExpressionEntry, { label: said.completion, help: said.completion_help, repeated: true, getValue: () => tools.completion(element), setValue: (text) => tools.setCompletion(element, text) }),
    ...gathering.map((one) => settingEntry(one, at))];
}
