// A list of rows: options, rules, words, names. Every row can be changed, moved and taken away with the keyboard.
import { element, word } from "./form-dialog.js";
import { choicesFrom } from "./form-properties.js";
import { expression } from "./form-expression.js";

const PARTS = {
  options: [["value", "value"], ["label", "label"], ["label_en", "labelEn"]],
  rules: [["rule", "rule"], ["message", "message"], ["message_en", "messageEn"]],
};

export function listOf(scene, key, told, done) {
  const holder = element("div", { className: "form-many", role: "group" }), may = scene.bench.may;
  const rows = rowsOf(scene.value[key], told.kind);
  if (key === "accept") return ticks(scene, rows, told, done);
  const save = () => done(valueOf(rows, told.kind));
  const choices = told.from ? choicesFrom(scene, told.from) : null;
  rows.forEach((row, number) => holder.append(oneRow(scene, key, told, row, number, rows, save, choices, may)));
  if (may) {
    const button = element("button", { type: "button", className: "btn btn-sm", id: `p-${key}-add`, textContent: `${word("add")}` });
    button.setAttribute("aria-label", `${word("add")} ${told.label}`);
    button.onclick = () => { rows.push(fresh(told.kind, rows, choices)); save(); };
    holder.append(button);
  }
  return holder;
}

function rowsOf(value, kind) {
  if (kind === "text map") return Object.entries(value ?? {}).map(([left, right]) => ({ left, right }));
  if (kind === "texts" || kind === "keys") return (value ?? []).map((one) => ({ one }));
  return (value ?? []).map((one) => ({ ...one }));
}

function valueOf(rows, kind) {
  if (kind === "text map") return Object.fromEntries(rows.map(({ left, right }) => [left, right]));
  if (kind === "texts" || kind === "keys") return rows.map(({ one }) => one);
  return rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name, value]) => value !== "" || ["value", "label", "rule", "message"].includes(name))));
}

function fresh(kind, rows, choices) {
  const free = choices?.find(([value]) => !rows.some((row) => row.one === value))?.[0];
  let number = rows.length + 1;
  while (rows.some((row) => row.value === String(number))) number++;
  return { options: { value: String(number), label: `${word("item", { n: number })}` }, rules: { rule: "true", message: word("message") }, "text map": { left: `field_${number}`, right: "" }, texts: { one: free ?? `${number}` }, keys: { one: free ?? `level_${number}` } }[kind];
}

function oneRow(scene, key, told, row, number, rows, save, choices, may) {
  const holder = element("div", { className: `form-row form-row-${told.kind.replace(" ", "-")}`, role: "group" });
  holder.setAttribute("aria-label", `${told.label} ${word("item", { n: number + 1 })}`);
  for (const [name, label] of partsOf(told.kind)) holder.append(part(scene, key, told, row, name, word(label), number, save, choices, may));
  if (!may) return holder;
  const tools = element("span", { className: "form-row-tools" });
  const act = (sign, label, run, off) => { const button = element("button", { type: "button", className: "linkish", textContent: sign, disabled: off, id: `p-${key}-${number}-${label}`, title: word(label) }); button.setAttribute("aria-label", `${word(label)} ${word("item", { n: number + 1 })}`); button.onclick = run; tools.append(button); };
  act("↑", "up", () => { rows.splice(number - 1, 0, ...rows.splice(number, 1)); save(); }, number === 0);
  act("↓", "down", () => { rows.splice(number + 1, 0, ...rows.splice(number, 1)); save(); }, number === rows.length - 1);
  act("×", "remove", () => { rows.splice(number, 1); save(); }, false);
  holder.append(tools);
  return holder;
}

function partsOf(kind) {
  if (kind === "text map") return [["left", "left"], ["right", "right"]];
  return PARTS[kind] ?? [["one", "value"]];
}

function part(scene, key, told, row, name, label, number, save, choices, may) {
  const id = `p-${key}-${number}-${name}`;
  if (name === "rule" || (key === "for_rows" && name === "right")) return element("div", { className: "form-part-wide" }, expression(scene, key, id, `${label} ${number + 1}`, row[name], (text) => { if (text.trim()) { row[name] = text; save(); } }));
  let node;
  if (name === "one" && choices?.length) {
    node = element("select", { id, className: "form-select" });
    for (const [value, words] of choices) node.append(element("option", { value, textContent: words === value ? value : `${words}（${value}）` }));
    if (!choices.some(([value]) => value === row.one)) node.append(element("option", { value: row.one, textContent: row.one }));
    node.value = row.one;
  } else {
    node = element("input", { id, className: "form-control", value: row[name] ?? "", autocomplete: "off", placeholder: label });
  }
  node.setAttribute("aria-label", `${label} ${number + 1}`);
  node.disabled = !may;
  node.onchange = () => { row[name] = node.value; save(); };
  return node;
}

function ticks(scene, rows, told, done) {
  const holder = element("div", { className: "form-many", role: "group" });
  for (const [value, label] of told.choices) {
    const node = element("input", { type: "checkbox", className: "form-check-input", id: `p-accept-${value}`, checked: rows.some((row) => row.one === value), disabled: !scene.bench.may });
    node.onchange = () => done(told.choices.map(([one]) => one).filter((one) => document.getElementById(`p-accept-${one}`).checked));
    holder.append(element("label", { className: "form-check form-check-inline" }, node, element("span", { className: "form-check-label", textContent: label })));
  }
  return holder;
}
