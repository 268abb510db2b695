// The entries of the settings group besides expressions: a choice with the real names, several to choose from, words, yes or no.
import { h } from "@bpmn-io/properties-panel/preact";
import { useEffect, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useShowEntryEvent } from "@bpmn-io/properties-panel";

const Frame = ({ id, label, help, error, needed, bench, labelled = true, after, children }) =>
  h("div", { class: `bio-properties-panel-entry${error ? " has-error" : ""}`, "data-entry-id": id },
    labelled && h("label", { class: "bio-properties-panel-label", for: `dialect-${id}` }, label, needed && h("span", { class: "dialect-needed" }, bench.said.needed)),
    children, after,
    h("div", { id: `help-${id}` }, error && h("div", { class: "bio-properties-panel-error" }, error), help && h("div", { class: "bio-properties-panel-description" }, help)));

const named = (option) => (option.label && option.label !== option.value && option.label.length < 60 ? `${option.label}（${option.value}）` : option.label || option.value);

// What is written and does not exist stays to be seen, marked; it is never dropped silently.
export function ChoiceEntry({ id, label, help, getValue, setValue, options, bench, empty = bench.said.none, plain = false, needed = false, link }) {
  const value = getValue() ?? "", box = useShowEntryEvent(id);
  const lost = value && !options.some((one) => one.value === value);
  const after = link?.(value);
  return h(Frame, { id, label, help, needed, bench, error: lost ? bench.say("missing", { value }) : "", after: after && h("a", { class: "dialect-link", href: after.href }, after.text) },
    h("select", { ref: box, id: `dialect-${id}`, class: "bio-properties-panel-input", value, "aria-describedby": `help-${id}`, onChange: (event) => setValue(event.target.value) },
      empty !== null && h("option", { value: "" }, empty), lost && h("option", { value }, bench.say("missing", { value })),
      options.map((one) => h("option", { value: one.value, key: one.value }, plain ? one.label : named(one)))));
}

export function WordsEntry({ id, label, help, getValue, setValue, lines = false, check, suggestions = [], bench, needed = false }) {
  const value = getValue() ?? "", box = useShowEntryEvent(id);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const error = text && check ? check(text) : "";
  const commit = () => { if (text !== value && !error) setValue(text.trim()); };
  const list = suggestions.length ? `list-${id}` : undefined;
  return h(Frame, { id, label, help, error, needed, bench },
    h(lines ? "textarea" : "input", { ref: box, id: `dialect-${id}`, class: "bio-properties-panel-input", rows: lines ? 2 : undefined, value: text, list, spellcheck: false, autocomplete: "off", "aria-describedby": `help-${id}`, "aria-invalid": error ? "true" : undefined,
      onInput: (event) => setText(event.target.value), onBlur: commit, onChange: commit, onKeyDown: (event) => { if (event.key === "Enter" && !lines) commit(); } }),
    list && h("datalist", { id: list }, suggestions.map((one) => h("option", { value: one.value ?? one }, one.label ?? ""))));
}

export function YesEntry({ id, label, help, getValue, setValue, bench }) {
  const box = useShowEntryEvent(id);
  return h(Frame, { id, label, help, bench, labelled: false },
    h("div", { class: "bio-properties-panel-checkbox" },
      h("input", { ref: box, type: "checkbox", id: `dialect-${id}`, class: "bio-properties-panel-input", checked: Boolean(getValue()), "aria-describedby": `help-${id}`, onChange: (event) => setValue(event.target.checked) }),
      h("label", { class: "bio-properties-panel-label", for: `dialect-${id}` }, label)));
}

// Several of what there is, kept as one text with a separator: chips to take away, a choice to add.
export function ManyEntry({ id, label, help, getValue, setValue, options, bench, separator = "," }) {
  const box = useShowEntryEvent(id);
  const chosen = (getValue() ?? "").split(separator).map((one) => one.trim()).filter(Boolean);
  const nameOf = (value) => { const found = options.find((one) => one.value === value); return found ? found.label || value : bench.say("missing", { value }); };
  const keep = (list) => setValue(list.join(separator));
  return h(Frame, { id, label, help, bench },
    chosen.length > 0 && h("ul", { class: "dialect-chips" }, chosen.map((value) => h("li", { key: value }, nameOf(value),
      h("button", { type: "button", "aria-label": bench.say("take_away", { what: nameOf(value) }), onClick: () => keep(chosen.filter((one) => one !== value)) }, "×")))),
    h("select", { ref: box, id: `dialect-${id}`, class: "bio-properties-panel-input", value: "", "aria-describedby": `help-${id}`, onChange: (event) => { if (event.target.value) keep([...chosen, event.target.value]); event.target.value = ""; } },
      h("option", { value: "" }, bench.said.choose_add), options.filter((one) => !chosen.includes(one.value)).map((one) => h("option", { value: one.value, key: one.value }, named(one)))));
}

// The stages of a process: one a line, kept with semicolons.
export function StagesEntry({ getValue, setValue, ...rest }) {
  return h(WordsEntry, { ...rest, lines: true, getValue: () => (getValue() ?? "").split(";").map((one) => one.trim()).filter(Boolean).join("\n"), setValue: (text) => setValue(text.split(/[\n;；]/).map((one) => one.trim()).filter(Boolean).join(";")) });
}
