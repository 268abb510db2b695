// What could stand at the caret of an expression: `form.` its forms, a form its fields, `vars.` the variables with who sets them.
// Chinese finds by label: typing 级别 offers every field, variable and function that is called so. Pure; no page.
const MOST = 40;

export function complete(text, caret, words, { elements = [], lone = false } = {}) {
  const before = text.slice(0, caret);
  const chinese = before.match(/[\u3400-\u9fff]+$/)?.[0];
  if (chinese && !inString(before)) return { from: caret - chinese.length, items: byLabel(chinese, words) };
  if (inString(before)) return { from: caret, items: [] };
  const path = before.match(/[A-Za-z_][\w.]*$/)?.[0] ?? "";
  if (!path && !lone) return { from: caret, items: [] };
  const parts = path.split(".");
  const last = parts.pop();
  const items = parts.length ? below(parts, words, elements) : roots(words);
  return { from: caret - last.length, items: items.filter((one) => one.value.toLowerCase().startsWith(last.toLowerCase()) && one.value !== last).slice(0, MOST) };
}

// Whether the caret stands inside quotes: there words are words.
export function inString(before) {
  let quote = "";
  for (let i = 0; i < before.length; i += 1) {
    if (quote && before[i] === "\\") i += 1;
    else if (quote) quote = before[i] === quote ? "" : quote;
    else if (before[i] === '"' || before[i] === "'") quote = before[i];
  }
  return quote !== "";
}

const item = (value, label, insert = value) => ({ value, label, insert });
const functionItem = ({ value, label }) => item(value, label, `${value}(`);

function roots(words) {
  return [...words.words.map(({ value, label }) => item(value, label, ["form", "case", "vars", "task", "actor"].includes(value) ? `${value}.` : value)),
    ...words.functions.filter((one) => !one.method).map(functionItem)];
}

function below([root, ...path], words, elements) {
  const members = words.members[root] ?? [];
  if (root === "form" && !path.length) return words.forms.map((form) => item(form.value, form.label, `${form.value}.`));
  if (root === "form" && path.length === 1) return (words.forms.find((form) => form.value === path[0])?.fields ?? []).map((field) => item(field.value, field.label));
  if (root === "vars" && !path.length) return words.variables.map((one) => item(one.value, one.label));
  if (root === "vars" && path.length === 1) return (words.variables.find((one) => one.value === path[0])?.members ?? []).map((name) => item(name, ""));
  if (root === "case" && path[0] === "parties" && path.length === 1) return words.parties.map((name) => item(name, ""));
  if (root === "case" && path[0] === "visits" && path.length === 1) return elements.map((one) => item(one.value, one.label));
  if (["case", "task", "actor"].includes(root) && !path.length) return members.map(({ value, label }) => item(value, label, ["visits", "parties"].includes(value) ? `${value}.` : value));
  return words.functions.filter((one) => one.method).map(functionItem);
}

function byLabel(text, words) {
  const found = [];
  for (const form of words.forms) for (const field of form.fields) if (field.label.includes(text)) found.push(item(`form.${form.value}.${field.value}`, `${form.label} · ${field.label}`));
  for (const one of words.variables) if (one.label.includes(text)) found.push(item(`vars.${one.value}`, one.label));
  for (const one of words.functions) if (!one.method && one.label.includes(text)) found.push(functionItem(one));
  for (const [root, members] of Object.entries(words.members)) for (const one of members) if (one.label.includes(text)) found.push(item(`${root}.${one.value}`, one.label));
  for (const one of words.words) if (one.label.includes(text) && !words.members[one.value]) found.push(item(one.value, one.label));
  return found.slice(0, MOST);
}
