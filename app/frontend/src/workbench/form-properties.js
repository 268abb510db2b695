// The settings of what is selected: every key that the form language has for it, in groups, with its help and what is wrong.
import { at, freeKey, kindOf, retyped, unwritten } from "./form-changes.js";
import { confirmed, element, word } from "./form-dialog.js";
import { expression } from "./form-expression.js";
import { listOf } from "./form-lists.js";
import { useList } from "./form.js";
import { ask } from "./api.js";

const PAUSE = 600; // ms after the last letter before a setting is written

export function drawProperties(bench, actions) {
  const place = document.getElementById("properties"), open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.dataset.group));
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.replaceChildren();
  if (!bench.values) { place.append(element("p", { className: "muted", textContent: word("nothing") })); return; }
  const value = at(bench.values, bench.selected), kind = kindOf(bench.selected);
  const known = kind === "form" ? bench.language.form : kind === "section" ? bench.language.section : bench.language.types[value.type]?.keys ?? ["key", "type", "label"];
  const scene = { bench, actions, value, kind, path: bench.selected, since: bench.shifts.length };
  place.append(element("p", { className: "form-what" }, `${word(kind)} `, element("code", { textContent: value.key ?? bench.key })));
  for (const [group, label] of bench.language.groups) {
    const own = known.filter((key) => bench.language.keys[key]?.group === group && key !== "columns");
    if (!own.length) continue;
    const set = own.some((key) => value[key] !== undefined), plain = ["what", "ask", "own"].includes(group);
    const holder = plain ? element("div", { className: "form-group" }) : element("details", { className: "form-group", open: open.has(group) || (set && group !== "english") });
    if (!plain) { holder.dataset.group = group; holder.append(element("summary", { textContent: label })); }
    holder.append(...own.map((key) => row(scene, key)));
    place.append(holder);
  }
  if (kind === "field" || kind === "column") place.append(usedBy(scene));
  drawProperties.faults = () => {
    const now = { bench, value: at(bench.values, bench.selected) ?? value };
    for (const holder of place.querySelectorAll("[data-setting]")) {
      for (const old of holder.querySelectorAll(":scope > .fault")) old.remove();
      holder.append(...faultsOf(now, holder.dataset.setting));
    }
  };
  const again = focused ? document.getElementById(focused) : null;
  (again?.shadowRoot?.querySelector(".cm-content") ?? again)?.focus();
}

function row(scene, key) {
  const told = scene.bench.language.keys[key], id = `p-${key}`;
  const holder = element("div", { className: "form-setting" });
  holder.dataset.setting = key;
  const control = controlOf(scene, key, told, id);
  const hint = told.help ? element("small", { className: "form-hint", id: `${id}-hint`, textContent: told.help }) : null;
  const input = control.matches?.("input, select, textarea") ? control : control.querySelector?.("input, select, textarea");
  if (hint && input) input.setAttribute("aria-describedby", hint.id);
  if (input && !scene.bench.may) input.disabled = true;
  const ticked = told.kind === "flag" && key !== "copied";
  if (ticked) holder.append(element("label", { className: "form-check" }, control, element("span", { className: "form-check-label", textContent: told.label })));
  else if (control.classList.contains("form-many")) { control.setAttribute("aria-label", told.label); holder.append(element("p", { className: "form-label", textContent: told.label }), control); }
  else holder.append(element("label", { className: "form-label", htmlFor: id, textContent: told.label }), control);
  holder.append(...[hint, ...faultsOf(scene, key)].filter(Boolean));
  return holder;
}

const faultsOf = (scene, key) => problemsOf(scene, key).map((text) => element("p", { className: "fault", textContent: text }));

function problemsOf({ bench, value }, key) {
  const here = new RegExp(`的 ${key}：`);
  return [...new Set(bench.problems.filter((one) => one.element && one.element === value.key && here.test(one.message)).map((one) => one.message.split(`的 ${key}：`)[1]))];
}

function controlOf(scene, key, told, id) {
  const { value, kind } = scene, now = value[key];
  if (key === "type") return typeSelect(scene, id);
  if (key === "key" && kind !== "section") return nameOf(scene, id);
  if (key === "kinds") return kindsOf(scene);
  if (told.kind === "flag") return key === "copied" ? threeWays(scene, key, id) : tick(scene, key, id);
  if (told.kind === "cel") return expression(scene, key, id, told.label, now, (text) => write(scene, key, text.trim() === "" ? undefined : text));
  if (["rules", "options", "texts", "keys", "text map"].includes(told.kind)) return listOf(scene, key, told, (next) => write(scene, key, next, true));
  if (told.choices) return select(scene, key, id, told.choices);
  if (told.from) return select(scene, key, id, choicesFrom(scene, told.from), true);
  return input(scene, key, id, told);
}

export function choicesFrom({ bench, value, path }, from) {
  if (from === "columns") return (value.columns ?? []).concat(...Object.values(value.kinds?.columns ?? {})).map((one) => [one.key, one.label ?? one.key]);
  if (from === "options") return (value.options ?? []).map((one) => [one.value, one.label]);
  if (from === "fields") {
    const own = path.length > 4 ? at(bench.values, path.slice(0, -1)) ?? [] : [];
    return [...own, ...(bench.values.sections ?? []).flatMap((section) => section.fields ?? [])].map((one) => [one.key, one.label ?? one.key]);
  }
  return bench.known[from] ?? [];
}

export function write(scene, key, next, redraw = false) {
  const path = [...scene.path, key], had = at(scene.bench.values, path) !== undefined;
  if (next === undefined || (Array.isArray(next) && !next.length) || (next && typeof next === "object" && !Array.isArray(next) && !Object.keys(next).length)) {
    return had ? scene.actions.change([{ op: "remove", path }], null, redraw, scene.since) : null;
  }
  if (JSON.stringify(at(scene.bench.values, path)) === JSON.stringify(next)) return null;
  return scene.actions.change([{ op: "set", path, value: next }], null, redraw, scene.since);
}

function later(node, read, done) {
  let timer = 0;
  const now = () => { clearTimeout(timer); unwritten.delete(node); done(read()); };
  node.addEventListener("input", () => { clearTimeout(timer); unwritten.add(node); timer = setTimeout(now, PAUSE); });
  node.addEventListener("change", now);
  return node;
}

function input(scene, key, id, told) {
  const number = ["whole", "number"].includes(told.kind), now = scene.value[key];
  const node = told.lines ? element("textarea", { id, className: "form-control", rows: 3, value: now ?? "" })
    : element("input", { id, className: "form-control", type: number ? "number" : "text", value: now ?? "", autocomplete: "off" });
  if (number) { node.step = told.kind === "whole" ? "1" : "any"; if (told.kind === "whole") node.min = "0"; }
  return later(node, () => node.value, (text) => {
    if (number) { if (node.validity.valid) write(scene, key, text === "" ? undefined : Number(text)); return; }
    write(scene, key, text === "" && !["title", "label", "text"].includes(key) ? undefined : text);
  });
}

function select(scene, key, id, choices, open = false) {
  const now = scene.value[key], node = element("select", { id, className: "form-select" });
  node.append(element("option", { value: "", textContent: key === "personal" ? word("personalNone") : word("none") }));
  for (const [value, label] of choices) node.append(element("option", { value, textContent: open && label !== value ? `${label}（${value}）` : label }));
  if (now !== undefined && ![...node.options].some((one) => one.value === String(now))) node.append(element("option", { value: now, textContent: now }));
  node.value = now ?? "";
  node.onchange = () => write(scene, key, node.value || undefined, true);
  if (key !== "code_table" || !now) return node;
  return element("div", { className: "d-flex gap-2 align-items-center" }, node, element("a", { href: document.getElementById("form-editor").dataset.codes + now, className: "nowrap", textContent: word("openCodes") }));
}

function tick(scene, key, id) {
  const node = element("input", { id, type: "checkbox", className: "form-check-input", checked: scene.value[key] === true });
  node.onchange = () => write(scene, key, node.checked || undefined, true);
  return node;
}

function threeWays(scene, key, id) {
  const node = element("select", { id, className: "form-select" });
  for (const [value, label] of [["", word("none")], ["true", word("yes")], ["false", word("no")]]) node.append(element("option", { value, textContent: label }));
  node.value = scene.value[key] === undefined ? "" : String(scene.value[key]);
  node.onchange = () => write(scene, key, { "": undefined, true: true, false: false }[node.value], true);
  return node;
}

function typeSelect(scene, id) {
  const { bench, kind, path } = scene, node = element("select", { id, className: "form-select" });
  for (const [type, { label }] of Object.entries(bench.language.types)) {
    if (kind === "column" && ["table", "ballot", "turnout", "cases", "entry"].includes(type)) continue;
    node.append(element("option", { value: type, textContent: label }));
  }
  node.value = scene.value.type;
  node.onchange = () => scene.actions.change(retyped(bench, path, node.value), null, true, scene.since);
  return node;
}

// The key: in use it is renamed everywhere at once; a new one is simply set.
function nameOf(scene, id) {
  const { value, actions, path } = scene, uses = actions.usesOf(path);
  const node = element("input", { id, className: "form-control", value: value.key ?? "", readOnly: uses.length > 0, pattern: "[A-Za-z][A-Za-z0-9_]*", autocomplete: "off", spellcheck: false });
  node.onchange = () => { if (node.validity.valid && node.value) write(scene, "key", node.value); };
  if (!scene.bench.may) return node;
  const button = element("button", { type: "button", className: "btn", textContent: word("rename") });
  button.onclick = () => rename(scene);
  return element("div", { className: "d-flex gap-2" }, node, button);
}

async function rename(scene) {
  const { bench, path, value, actions } = scene, table = path.length > 4 ? at(bench.values, path.slice(0, 4)) : null;
  const field = table ? `${table.key}.${value.key}` : value.key, address = bench.place.dataset.rename;
  const input = element("input", { className: "form-control", id: "rename-new", value: value.key, spellcheck: false }), found = element("div", { className: "form-rename", ariaLive: "polite" });
  const show = element("button", { type: "button", className: "btn", textContent: word("preview") });
  const body = element("div", {}, element("label", { className: "form-label", htmlFor: "rename-new", textContent: word("newName") }), element("div", { className: "d-flex gap-2 mb-2" }, input, show), found);
  const yes = document.getElementById("dialog-yes");
  await actions.saved();
  input.oninput = () => { yes.disabled = true; };
  show.onclick = async () => {
    try {
      const plan = await ask(address, { method: "POST", json: { field, new: input.value } });
      found.replaceChildren(element("p", { textContent: word("renameChanges", { n: plan.changes.length }) }), changesOf(plan.changes), ...(plan.left.length ? [element("p", { className: "fault", textContent: word("renameLeft") }), useList(plan.left)] : []));
      yes.disabled = false;
    } catch (error) { found.replaceChildren(element("p", { className: "fault", textContent: error.message })); yes.disabled = true; }
  };
  const asked = confirmed(word("renameTitle", { old: value.key }), body, word("renameDo"));
  yes.disabled = true;
  input.select();
  if (!(await asked)) return;
  try {
    await ask(address, { method: "POST", json: { field, new: input.value, apply: true } });
    location.hash = input.value;
    location.reload();
  } catch (error) { actions.say(error.message); }
}

function changesOf(changes) {
  const list = element("ul", { className: "form-changes" });
  for (const { file, line, before, after } of changes) list.append(element("li", {}, element("span", { className: "muted", textContent: `${file.split("/").at(-1)}:${line}` }), element("del", { textContent: before }), element("ins", { textContent: after })));
  return list;
}

function kindsOf(scene) {
  const { value } = scene, kinds = value.kinds ?? {}, holder = element("div", { className: "form-many", role: "group" });
  const field = element("select", { className: "form-select mb-2", id: "p-kinds" });
  field.setAttribute("aria-label", word("kindField"));
  field.append(element("option", { value: "", textContent: word("none") }), ...(value.columns ?? []).map((one) => element("option", { value: one.key, textContent: one.label ?? one.key })));
  field.value = kinds.field ?? "";
  field.disabled = !scene.bench.may;
  field.onchange = () => write(scene, "kinds", field.value ? { ...kinds, field: field.value, options: kinds.options ?? [{ value: "a", label: word("kind") }] } : undefined, true);
  holder.append(element("label", { className: "form-label", htmlFor: "p-kinds", textContent: word("kindField") }), field);
  if (!kinds.field) return holder;
  const within = { ...scene, path: [...scene.path, "kinds"], value: kinds };
  holder.append(element("p", { className: "form-label", textContent: word("kindOptions") }), listOf(within, "options", { kind: "options", label: word("kindOptions") }, (next) => write(within, "options", next, true)));
  for (const option of kinds.options ?? []) {
    if (kinds.columns?.[option.value]) continue;
    const button = element("button", { type: "button", className: "btn btn-sm me-1", disabled: !scene.bench.may, textContent: `${word("add")}：${word("kindColumns", { label: option.label })}` });
    button.onclick = () => write(within, "columns", { ...kinds.columns, [option.value]: [{ key: freeKey(scene.bench, "column"), type: "text", label: word("newColumn") }] }, true);
    holder.append(button);
  }
  return holder;
}

function usedBy(scene) {
  const holder = element("section", { className: "form-group" });
  const show = () => {
    const uses = scene.actions.usesOf(scene.path);
    holder.replaceChildren(element("h3", { textContent: word("usedBy") }), uses.length ? useList(uses) : element("p", { className: "muted", textContent: word("notUsed") }), element("small", { className: "form-hint", textContent: word("usedHint") }));
    const name = document.getElementById("p-key");
    if (name) name.readOnly = uses.length > 0;
  };
  drawProperties.uses = show;
  show();
  return holder;
}
