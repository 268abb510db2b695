// The structure of a form as nested lists of buttons: chosen by click or keyboard, moved by dragging or with Alt and the arrows.
import Sortable from "sortablejs";
import { at, labelOf } from "./form-changes.js";
import { element, word } from "./form-dialog.js";

let sorted = [], dragging = false, later = null;

export function drawTree(bench, { select, drag }) {
  if (dragging) { later = () => drawTree(bench, { select, drag }); return; } // what is being dragged stays in the hand
  const place = document.getElementById("structure"), within = place.contains(document.activeElement);
  for (const one of sorted) one.destroy();
  sorted = [];
  if (!bench.values) return;
  const wrong = wrongLines(bench);
  const node = (path, value, type) => {
    const chosen = path.join("/") === bench.selected.join("/");
    const button = element("button", { type: "button", className: "form-node", tabIndex: chosen || (!bench.selected.length && !path.length) ? 0 : -1 });
    if (chosen) button.setAttribute("aria-current", "true");
    button.append(element("span", { className: "form-node-label", textContent: path.length ? labelOf(value) : `${value.title ?? word("untitled")}` }));
    if (type) button.append(element("span", { className: "form-node-type", textContent: type }));
    if (wrong.has(path.join("/"))) button.append(element("span", { className: "form-node-wrong", textContent: "!", title: wrong.get(path.join("/")) }), element("span", { className: "visually-hidden", textContent: wrong.get(path.join("/")) }));
    button.onclick = () => { select(path); document.querySelector("#structure .form-node[aria-current]")?.focus(); };
    return button;
  };
  const list = (path, group, draw) => {
    const made = element("ul", { className: "form-list" });
    made.dataset.path = JSON.stringify(path);
    for (const [number, value] of (at(bench.values, path) ?? []).entries()) {
      const item = made.appendChild(element("li"));
      if (bench.may) item.append(element("span", { className: "form-grip", ariaHidden: "true", textContent: "⠿", title: word("drag") }));
      item.append(...draw([...path, number], value ?? {}));
    }
    if (bench.may) sorted.push(Sortable.create(made, { group, handle: ".form-grip", animation: 120, ghostClass: "form-ghost", fallbackOnBody: true, onStart: () => { dragging = true; }, onEnd: (event) => dragged(event, drag) }));
    return made;
  };
  const typeOf = (value) => bench.language.types[value.type]?.label ?? value.type ?? "";
  const column = (path, value) => [node(path, value, typeOf(value))];
  const field = (path, value) => {
    const parts = [node(path, value, typeOf(value))];
    if (value.type === "table") {
      parts.push(list([...path, "columns"], "columns", column));
      for (const option of value.kinds?.options ?? []) {
        if (value.kinds?.columns?.[option.value]) parts.push(element("p", { className: "form-kind", textContent: word("kindColumns", { label: option.label }) }), list([...path, "kinds", "columns", option.value], "columns", column));
      }
    }
    return parts;
  };
  const section = (path, value) => [node(path, value, ""), list([...path, "fields"], "fields", field)];
  place.replaceChildren(node([], bench.values, word("form")), list(["sections"], "sections", section));
  if (within) place.querySelector(".form-node[aria-current], .form-node")?.focus();
}

function dragged({ from, to, oldIndex, newIndex }, drag) {
  dragging = false;
  const source = [...JSON.parse(from.dataset.path), oldIndex], target = [...JSON.parse(to.dataset.path), newIndex];
  if (source.join("/") !== target.join("/")) drag(source, target);
  later?.();
  later = null;
}

// path -> what is wrong there: the innermost part that begins above the line of a problem, or is named by it.
function wrongLines(bench) {
  const found = new Map(), starts = Object.entries(bench.lines).filter(([path]) => /^sections\/\d+(\/fields\/\d+(\/(columns|kinds\/columns\/[^/]+)\/\d+)?)?$/.test(path)).sort((a, b) => a[1] - b[1]);
  for (const { line, message } of bench.problems) {
    const owner = starts.filter(([, start]) => start <= line).at(-1);
    if (line && owner) found.set(owner[0], [found.get(owner[0]), message].filter(Boolean).join("；"));
  }
  return found;
}
