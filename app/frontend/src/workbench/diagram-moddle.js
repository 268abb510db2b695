// Reading and writing what our settings are in the file, each change one step to undo. The file stays what Camunda Modeler writes.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

export function moddleTools(injector) {
  const modeling = injector.get("modeling"), bpmnFactory = injector.get("bpmnFactory"), commandStack = injector.get("commandStack");
  const make = (type, attributes, parent) => Object.assign(bpmnFactory.create(type, attributes), { $parent: parent });
  const update = (element, moddleElement, properties) => ({ cmd: "element.updateModdleProperties", context: { element, moddleElement, properties } });
  const run = (...steps) => commandStack.execute("properties-panel.multi-command-executor", steps.filter(Boolean));

  // A pool stands for its process: what one sets on it is the process's.
  const ownerOf = (element) => { const object = getBusinessObject(element); return is(object, "bpmn:Participant") ? object.get("processRef") : object; };
  const extension = (object, type) => (object.get("extensionElements")?.get("values") ?? []).find((one) => is(one, type));

  const property = (element, name) => extension(ownerOf(element), "camunda:Properties")?.get("values")?.find((one) => one.get("name") === name)?.get("value") ?? "";
  function setProperty(element, name, value) {
    const owner = ownerOf(element), holder = extension(owner, "camunda:Properties");
    const found = holder?.get("values")?.find((one) => one.get("name") === name);
    if (found && value) run(update(element, found, { value }));
    else if (found) run(dropped(element, owner, holder, holder.get("values").filter((one) => one !== found)));
    else if (value) run(added(element, owner, holder, "camunda:Properties", "values", "camunda:Property", { name, value }));
  }

  // An empty holder goes with its last entry, and so do empty extension elements: the file looks as if nothing had been there.
  function dropped(element, owner, holder, rest, key = "values") {
    if (rest.length || holder.get("inputParameters")?.length || holder.get("outputParameters")?.length) if (rest.length || key !== "values") return update(element, holder, { [key]: rest });
    const extensions = owner.get("extensionElements"), others = extensions.get("values").filter((one) => one !== holder);
    return others.length ? update(element, extensions, { values: others }) : update(element, owner, { extensionElements: undefined });
  }

  function added(element, owner, holder, holderType, key, type, attributes) {
    if (holder) return update(element, holder, { [key]: [...(holder.get(key) ?? []), make(type, attributes, holder)] });
    const extensions = owner.get("extensionElements");
    const parent = extensions ?? make("bpmn:ExtensionElements", { values: [] }, owner);
    const made = make(holderType, {}, parent);
    made[key] = [make(type, attributes, made)];
    return extensions ? update(element, extensions, { values: [...extensions.get("values"), made] }) : update(element, owner, { extensionElements: Object.assign(parent, { values: [made] }) });
  }

  const parameters = (element, way) => extension(getBusinessObject(element), "camunda:InputOutput")?.get(`${way}Parameters`) ?? [];
  const typeOf = { input: "camunda:InputParameter", output: "camunda:OutputParameter" };
  function setParameter(element, way, name, value, oldName = name) {
    const owner = getBusinessObject(element), holder = extension(owner, "camunda:InputOutput"), key = `${way}Parameters`;
    const found = parameters(element, way).find((one) => one.get("name") === oldName);
    if (found && value && name) run(update(element, found, { value, name }));
    else if (found) {
      const rest = holder.get(key).filter((one) => one !== found), other = way === "input" ? "outputParameters" : "inputParameters";
      run(rest.length || holder.get(other)?.length ? update(element, holder, { [key]: rest }) : dropped(element, owner, holder, []));
    } else if (value && name) run(added(element, owner, holder, "camunda:InputOutput", key, typeOf[way], { name, value }));
  }

  const attribute = (element, name) => getBusinessObject(element).get(name) ?? "";
  const setAttributes = (element, values) => modeling.updateProperties(element, values);

  const expressionOf = (text, parent) => (text ? make("bpmn:FormalExpression", { body: text }, parent) : undefined);
  const condition = (element) => getBusinessObject(element).get("conditionExpression")?.get("body") ?? "";
  const setCondition = (element, text) => modeling.updateProperties(element, { conditionExpression: expressionOf(text, getBusinessObject(element)) });

  const definition = (element, type) => (getBusinessObject(element).get("eventDefinitions") ?? []).find((one) => is(one, type));
  const timer = (element) => { const found = definition(element, "bpmn:TimerEventDefinition"); return found?.get("timeDuration") ? ["timeDuration", found.get("timeDuration").get("body") ?? ""] : ["timeDate", found?.get("timeDate")?.get("body") ?? ""]; };
  function setTimer(element, kind, text) {
    const found = definition(element, "bpmn:TimerEventDefinition");
    const empty = { timeDate: undefined, timeDuration: undefined, timeCycle: undefined };
    run(update(element, found, { ...empty, [kind]: make("bpmn:FormalExpression", { body: text }, found) }));
  }

  // A message is a root element of the file that several events may share; a new word must not rename it for the others.
  const holderOf = (element) => definition(element, "bpmn:MessageEventDefinition") ?? getBusinessObject(element);
  const message = (element) => holderOf(element).get("messageRef")?.get("name") ?? "";
  function setMessage(element, name) {
    const holder = holderOf(element), definitions = rootOf(getBusinessObject(element)), current = holder.get("messageRef");
    const same = definitions.get("rootElements").find((one) => is(one, "bpmn:Message") && one.get("name") === name);
    if (!name) return run(update(element, holder, { messageRef: undefined }));
    if (same) return run(update(element, holder, { messageRef: same }));
    if (current && !shared(current, element)) return run(update(element, current, { name }));
    const made = make("bpmn:Message", { name }, definitions);
    return run(update(element, definitions, { rootElements: [...definitions.get("rootElements"), made] }), update(element, holder, { messageRef: made }));
  }
  const shared = (wanted, element) => injector.get("elementRegistry").filter((one) => one !== element && !one.labelTarget && one !== element.label && (is(one, "bpmn:Event") || is(one, "bpmn:ReceiveTask")) && holderOf(one).get("messageRef") === wanted).length > 0;
  const rootOf = (object) => { let found = object; while (found.$parent && !is(found, "bpmn:Definitions")) found = found.$parent; return found; };

  const loop = (element) => { const found = getBusinessObject(element).get("loopCharacteristics"); return found && is(found, "bpmn:MultiInstanceLoopCharacteristics") ? found : undefined; };
  const setLoop = (element, values) => run(update(element, loop(element), values));
  const makeLoop = (element, wanted) => modeling.updateProperties(element, { loopCharacteristics: wanted ? make("bpmn:MultiInstanceLoopCharacteristics", { elementVariable: "item" }, getBusinessObject(element)) : undefined });
  const completion = (element) => loop(element)?.get("completionCondition")?.get("body") ?? "";
  const setCompletion = (element, text) => setLoop(element, { completionCondition: expressionOf(text, loop(element)) });

  return { ownerOf, property, setProperty, parameters, setParameter, attribute, setAttributes, condition, setCondition, definition, timer, setTimer, message, setMessage, loop, setLoop, makeLoop, completion, setCompletion };
}

// Whether a place is inside a multi-instance activity, or on a flow right after one: there `item` and `index` exist.
export function repeatedAt(element) {
  let object = getBusinessObject(element);
  if (is(object, "bpmn:SequenceFlow")) object = object.get("sourceRef");
  while (object) {
    if (object.loopCharacteristics && is(object.loopCharacteristics, "bpmn:MultiInstanceLoopCharacteristics")) return true;
    object = object.$parent;
  }
  return false;
}
