// Which edit a click means: paths in the values of a form. No page, no service.
import { word } from "./form-dialog.js";

export const at = (values, path) => path.reduce((value, step) => value?.[step], values ?? undefined);
export const labelOf = (value) => value?.label || value?.title || value?.key || word("untitled");

// What is typed and not yet part of the text: waiting for the pause after the last letter. While there is any, nothing is redrawn under the hands.
export const unwritten = new Set();

// Where a path leads after parts were added, moved or removed elsewhere; null when the part itself is gone.
export function followed(path, edits) {
  return edits.reduce((now, edit) => now && step(now, edit), path);
}

function step(path, { op, path: from, to }) {
  const place = from.at(-1);
  if (op === "set" || !Number.isInteger(place)) return path;
  if (op === "add") return beside(path, from, (number) => (number >= place ? number + 1 : number));
  if (begins(path, from)) return op === "move" ? [...to, ...path.slice(from.length)] : null;
  const left = beside(path, from, (number) => (number > place ? number - 1 : number));
  return op === "move" ? step(left, { op: "add", path: to }) : left;
}

const begins = (path, start) => path.length >= start.length && start.every((one, number) => path[number] === one);
function beside(path, from, shifted) {
  const depth = from.length - 1;
  return path.length > depth && begins(path, from.slice(0, -1)) ? [...path.slice(0, depth), shifted(path[depth]), ...path.slice(depth + 1)] : path;
}

// ["sections", 0, "fields", 2, "columns", 1]: section, field, column; also "kinds", "columns", kind, n.
export function kindOf(path) {
  return path.length === 0 ? "form" : path.length === 2 ? "section" : path.length === 4 ? "field" : "column";
}

function keys(bench) {
  const found = new Set();
  const walk = (value) => { if (Array.isArray(value)) value.forEach(walk); else if (value && typeof value === "object") { if (value.key) found.add(value.key); Object.values(value).forEach(walk); } };
  walk(bench.values);
  return found;
}

export function freeKey(bench, start) {
  const taken = keys(bench);
  let number = 1;
  while (taken.has(`${start}_${number}`)) number++;
  return `${start}_${number}`;
}

export function addition(bench, what) {
  const { selected: path, values } = bench, sections = values.sections ?? [];
  if (what === "section") {
    const place = path.length > 1 ? path[1] + 1 : sections.length;
    return { op: "add", path: ["sections", place], value: { key: freeKey(bench, "section"), title: word("newSection"), fields: [] } };
  }
  if (what === "field") {
    const section = path.length > 1 ? path[1] : sections.length - 1;
    if (section < 0) return null;
    const place = path.length > 3 ? path[3] + 1 : (sections[section].fields ?? []).length;
    return { op: "add", path: ["sections", section, "fields", place], value: { key: freeKey(bench, "field"), type: "text", label: word("newField") } };
  }
  const list = path.length > 4 ? path.slice(0, -1) : [...path.slice(0, 4), "columns"];
  if (at(values, path.slice(0, 4))?.type !== "table") return null;
  const place = path.length > 4 ? path.at(-1) + 1 : (at(values, list) ?? []).length;
  return { op: "add", path: [...list, place], value: { key: freeKey(bench, "column"), type: "text", label: word("newColumn") } };
}

export function copied(bench) {
  const value = structuredClone(at(bench.values, bench.selected));
  if (!value || bench.selected.length < 2) return null;
  const name = value.title !== undefined ? "title" : "label", taken = keys(bench);
  value[name] = word("copyOf", { label: value[name] ?? value.key });
  const rename = (one) => { let number = 2; while (taken.has(`${one.key}_${number}`)) number++; one.key = `${one.key}_${number}`; taken.add(one.key); };
  rename(value);
  (value.fields ?? []).forEach(rename);
  return { op: "add", path: [...bench.selected.slice(0, -1), bench.selected.at(-1) + 1], value };
}

// Where the selected part goes by one step up or down; a field at the end of its section goes into the next one.
export function moved(bench, by) {
  const { selected: path, values } = bench;
  if (path.length < 2 || !values) return null;
  const list = path.slice(0, -1), place = path.at(-1) + by, length = (at(values, list) ?? []).length;
  if (place >= 0 && place < length) return [...list, place];
  const section = path[1] + by;
  if (path.length !== 4 || !values.sections[section]) return null;
  return ["sections", section, "fields", by > 0 ? 0 : (values.sections[section].fields ?? []).length];
}

// Another type: what the new one does not know goes, what it needs comes.
export function retyped(bench, path, type) {
  const value = at(bench.values, path), { keys: known, needed } = bench.language.types[type];
  const edits = [{ op: "set", path: [...path, "type"], value: type }];
  for (const key of Object.keys(value)) if (!known.includes(key)) edits.push({ op: "remove", path: [...path, key] });
  const wanted = ["choice", "checks"].includes(type) && !value.code_table ? ["options"] : needed;
  for (const key of wanted) if (value[key] === undefined) edits.push({ op: "set", path: [...path, key], value: beginning(bench, key) });
  return edits;
}

function beginning(bench, key) {
  const first = (name) => bench.known[name]?.[0]?.[0] ?? "";
  return { options: [{ value: "1", label: `${word("value")} 1` }], columns: [{ key: freeKey(bench, "column"), type: "text", label: word("newColumn") }], code_table: first("code_tables"),
    connector: first("connectors"), fills: {}, value: '""', text: word("newField"), box: '""', cases: "[]", process: first("processes"), register: first("registers") }[key];
}
