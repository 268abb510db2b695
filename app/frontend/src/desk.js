// At the desk: how many rows are ticked, the whole page at once; phrases put in where the cursor stands; keys for what
// is done hundreds of times. Every one of these can be done without a script too.
const ticks = () => [...document.querySelectorAll("input[data-tick]")];

function sayTicked() {
  const place = document.querySelector("[data-ticked]");
  if (!place) return;
  const all = document.querySelector("input[data-tick-all]");
  place.textContent = all?.checked ? all.dataset.tickAll : ticks().filter((box) => box.checked).length;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("input[data-tick-page]")) for (const box of ticks()) box.checked = target.checked;
  if (target.matches("input[data-tick], input[data-tick-page], input[data-tick-all]")) sayTicked();
});

// Shift and a click tick all rows between.
let lastTick = null;
document.addEventListener("click", ({ target, shiftKey }) => {
  if (!target.matches?.("input[data-tick]")) return;
  const rows = ticks();
  if (shiftKey && lastTick && rows.includes(lastTick)) {
    const [from, to] = [rows.indexOf(lastTick), rows.indexOf(target)].sort((a, b) => a - b);
    for (const box of rows.slice(from, to + 1)) box.checked = target.checked;
    sayTicked();
  }
  lastTick = target;
});
window.addEventListener("pageshow", sayTicked);

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-phrase]");
  const area = button && document.getElementById(button.dataset.phrase);
  if (!area) return;
  event.preventDefault();
  const words = button.dataset.text;
  const [before, after] = [area.value.slice(0, area.selectionStart), area.value.slice(area.selectionEnd)];
  const joint = before && !before.endsWith("\n") ? "\n" : "";
  area.value = before + joint + words + after;
  area.selectionStart = area.selectionEnd = (before + joint + words).length;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest("details").open = false;
  area.focus();
});

// One letter does what the element that carries it does; never while somebody types.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("details")) wanted.open = !wanted.open;
  else if (wanted.matches("a, button, summary")) wanted.click();
  else {
    wanted.scrollIntoView({ block: "start" });
    (wanted.matches("[tabindex]") ? wanted : wanted.querySelector("input:not([type=hidden]), textarea, select"))?.focus({ preventScroll: true });
  }
});
