// A box for an expression in the properties panel: completion as one types, the linter's word under it. Works by keyboard alone:
// arrows choose, Enter or Tab takes, Esc closes, Ctrl+Space lists everything.
import { h } from "@bpmn-io/properties-panel/preact";
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { useShowEntryEvent } from "@bpmn-io/properties-panel";
import { complete } from "./diagram-complete.js";

const PAUSE = 400; // ms after the last key before the service is asked

export function ExpressionEntry({ id, label, help, element, getValue, setValue, bench, check = "expression", rows = 1, needed = false, repeated = false }) {
  const value = getValue() ?? "";
  const [text, setText] = useState(value);
  const [menu, setMenu] = useState(null);
  const problems = useChecked(bench, { text, kind: check, element, repeated });
  const box = useShowEntryEvent(id);
  const committed = useRef(value);
  const later = useRef(0);

  useEffect(() => { if (value !== committed.current) { committed.current = value; setText(value); } }, [value]);
  useEffect(() => { const area = box.current; if (area) { area.style.height = "auto"; area.style.height = `${Math.min(area.scrollHeight + 2, 320)}px`; } }, [text]);

  const commit = (typed) => { clearTimeout(later.current); if (typed !== committed.current) { committed.current = typed; setValue(typed); } };
  const suggest = (area, all = false) => {
    const found = complete(area.value, area.selectionStart, bench.words, { elements: bench.elements(), lone: all });
    setMenu(found.items.length ? { ...found, at: 0 } : null);
  };
  const typed = (area) => { setText(area.value); clearTimeout(later.current); later.current = setTimeout(() => commit(area.value), PAUSE); suggest(area); };
  const take = (chosen) => {
    const area = box.current, caret = area.selectionStart;
    const next = area.value.slice(0, menu.from) + chosen.insert + area.value.slice(caret);
    area.value = next;
    area.setSelectionRange(menu.from + chosen.insert.length, menu.from + chosen.insert.length);
    area.focus();
    typed(area);
    if (!/[.(]$/.test(chosen.insert)) setMenu(null);
  };
  const pressed = (event) => {
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); suggest(event.target, true); return; }
    if (!menu) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) { event.preventDefault(); setMenu({ ...menu, at: (menu.at + move + menu.items.length) % menu.items.length }); }
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) { event.preventDefault(); take(menu.items[menu.at]); }
    else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); setMenu(null); }
  };
  const worst = problems.find((one) => one.severity === "error") ?? problems[0];
  return h("div", { class: `bio-properties-panel-entry dialect-expression${worst?.severity === "error" ? " has-error" : ""}`, "data-entry-id": id },
    h("label", { class: "bio-properties-panel-label", for: `dialect-${id}` }, label, needed && h("span", { class: "dialect-needed" }, bench.said.needed)),
    h("div", { class: "dialect-box" },
      h("textarea", {
        ref: box, id: `dialect-${id}`, class: "bio-properties-panel-input", rows, spellcheck: false, autocomplete: "off", value: text,
        "aria-haspopup": "listbox", "aria-controls": menu ? `menu-${id}` : undefined, "aria-autocomplete": "list", "aria-activedescendant": menu ? `menu-${id}-${menu.at}` : undefined,
        "aria-describedby": `help-${id}`, "aria-invalid": worst?.severity === "error" ? "true" : undefined,
        onInput: (event) => typed(event.target), onKeyDown: pressed, onClick: () => setMenu(null), onBlur: (event) => { commit(event.target.value); setTimeout(() => setMenu(null), 150); },
      }),
      menu && h("ul", { class: "dialect-menu", id: `menu-${id}`, role: "listbox", "aria-label": bench.said.suggestions },
        menu.items.map((one, at) => h("li", {
          id: `menu-${id}-${at}`, role: "option", "aria-selected": at === menu.at ? "true" : "false", ref: at === menu.at ? (node) => node?.scrollIntoView({ block: "nearest" }) : undefined,
          onMouseDown: (event) => { event.preventDefault(); take(one); },
        }, h("code", {}, one.value), one.label && h("span", {}, one.label))))),
    h("div", { id: `help-${id}` },
      worst && h("div", { class: worst.severity === "error" ? "bio-properties-panel-error" : "dialect-warning", role: "status" }, worst.message),
      help && h("div", { class: "bio-properties-panel-description" }, help)));
}

// The linter's word on what is typed, a moment after the last key. An answer that comes too late is dropped.
function useChecked(bench, asked) {
  const [problems, setProblems] = useState([]);
  const { text, kind, element, repeated } = asked;
  useEffect(() => {
    if (!text.trim()) { setProblems([]); return undefined; }
    let stale = false;
    const timer = setTimeout(() => bench.check({ text, kind, element: element?.businessObject?.id ?? "", repeated }).then((found) => stale || setProblems(found), () => {}), PAUSE);
    return () => { stale = true; clearTimeout(timer); };
  }, [text, kind, element, repeated, bench.saves]);
  return problems;
}
