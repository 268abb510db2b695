// Completion in the cells and heads of a decision table: the same words as in the diagram, at the caret of what one types in.
// dmn-js draws the cells; this only listens and types for the analyst, so that its undo and its saving go on working.
import { complete } from "./diagram-complete.js";

export function cellCompletion(place, bench) {
  const menu = Object.assign(document.createElement("ul"), { className: "dialect-menu cell-menu", hidden: true });
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", bench.said.suggestions);
  document.body.append(menu);
  let found = null, at = 0, box = null;

  const editable = (target) => target.closest?.("[contenteditable=true]");
  const close = () => { menu.hidden = true; found = null; };

  function suggest(target, lone = false) {
    box = editable(target);
    const caret = box && caretOf(box);
    if (caret === null || caret === undefined) return close();
    found = complete(box.textContent, caret, bench.words, { lone });
    at = 0;
    return found.items.length ? draw() : close();
  }

  function draw() {
    const around = box.getBoundingClientRect();
    menu.style.left = `${Math.min(around.left, innerWidth - 340)}px`;
    menu.style.top = `${around.bottom + 260 > innerHeight ? Math.max(8, around.top - 264) : around.bottom + 2}px`;
    menu.replaceChildren(...found.items.map((one, index) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === at));
      item.append(Object.assign(document.createElement("code"), { textContent: one.value }), Object.assign(document.createElement("span"), { textContent: one.label }));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); take(one); });
      return item;
    }));
    menu.hidden = false;
    menu.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function take(one) {
    const chosen = getSelection();
    for (let back = caretOf(box) - found.from; back > 0; back -= 1) chosen.modify("extend", "backward", "character");
    close();
    document.execCommand("insertText", false, one.insert); // the one way to type that a contenteditable and its undo both notice
  }

  place.addEventListener("input", (event) => suggest(event.target), true);
  place.addEventListener("focusout", () => setTimeout(close, 150));
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); suggest(event.target, true); return; }
    if (!found) return;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) at = (at + move + found.items.length) % found.items.length;
    else if (event.key === "Enter" || event.key === "Tab") take(found.items[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    if (move) draw();
  }, true);
}

// How many characters stand before the caret; null when it is elsewhere.
function caretOf(box) {
  const chosen = getSelection();
  if (!chosen.rangeCount || !box.contains(chosen.anchorNode)) return null;
  const range = chosen.getRangeAt(0).cloneRange();
  range.setStart(box, 0);
  return range.toString().length;
}
