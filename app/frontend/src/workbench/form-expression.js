// A condition: a small text editor that offers what may be named here. What is wrong with it comes back with the structure.
import { at, unwritten } from "./form-changes.js";
import { element, word } from "./form-dialog.js";
import { openText } from "./text.js";

const PAUSE = 700; // ms
const WORLD = [["case.number", ""], ["case.starter.name", ""], ["case.parties", ""], ["task.element", ""], ["actor.name", ""], ["actor.profile", ""], ["actor.roles", ""], ["today", ""], ["now", ""], ["outcome", ""], ["true", ""], ["false", ""], ["null", ""]];

export function expression(scene, key, id, label, now, done) {
  const place = element("div", { className: "form-cel form-many", id });
  let timer = 0, newest = null;
  const write = () => { clearTimeout(timer); if (unwritten.delete(place)) done(newest); };
  place.addEventListener("focusout", write);
  const text = now === undefined || now === null ? "" : String(now);
  openText(place, { text, language: "cel", compact: true, readOnly: !scene.bench.may, label, complete: (prefix) => offered(scene, prefix),
    onChange: (newer) => { newest = newer; unwritten.add(place); clearTimeout(timer); timer = setTimeout(write, PAUSE); } });
  return place;
}

// What begins with the word before the cursor: fields of this form, columns of this row, other forms, the case, functions.
export function offered({ bench, path }, prefix) {
  const fields = (bench.values.sections ?? []).flatMap((section) => section.fields ?? []);
  const table = path.length > 3 ? at(bench.values, path.slice(0, 4)) : null;
  const columns = table?.type === "table" ? [...(table.columns ?? []), ...Object.values(table.kinds?.columns ?? {}).flat()] : [];
  const all = [
    ...fields.map((one) => [`answers.${one.key}`, one.label ?? ""]), ...columns.map((one) => [`row.${one.key}`, one.label ?? ""]), ...WORLD,
    ...bench.known.forms.flatMap(([form, title, keys]) => keys.map(([key, label]) => [`form.${form}.${key}`, `${title}：${label}`])),
  ];
  const found = all.filter(([name]) => name.startsWith(prefix) && name !== prefix).slice(0, 200).map(([name, detail]) => ({ label: name, detail }));
  const functions = bench.known.functions.filter((name) => name.startsWith(prefix)).map((name) => ({ label: name, detail: word("function"), apply: `${name}(` }));
  return prefix ? [...found, ...functions] : found;
}
