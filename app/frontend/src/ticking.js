// Over a long list of ticks: words narrow it, one button ticks or clears what is shown, and the number ticked is said.
// What is not shown keeps its tick. Bars that htmx brings later are found the same way: all is heard at the document.
const rowsOf = (bar) => [...(document.getElementById(bar.dataset.ticking)?.children ?? [])];
const boxOf = (row) => row.querySelector("input[type=checkbox]");

function say(bar) {
  bar.querySelector("[data-ticking-count]").textContent = rowsOf(bar).filter((row) => boxOf(row)?.checked).length;
}

function show() {
  for (const bar of document.querySelectorAll("[data-ticking]")) {
    bar.hidden = false;
    say(bar);
  }
}

function narrow(bar, words) {
  for (const row of rowsOf(bar)) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-ticking-find]")) narrow(target.closest("[data-ticking]"), target.value.toLowerCase().split(/\s+/).filter(Boolean));
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-ticking-find]")) event.preventDefault(); // finding is not sending
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-ticking-all], [data-ticking-none]");
  if (!button) return;
  const bar = button.closest("[data-ticking]");
  const changed = rowsOf(bar).filter((row) => !row.hidden).map(boxOf).filter((box) => box && box.checked !== button.matches("[data-ticking-all]"));
  for (const box of changed) box.checked = !box.checked;
  changed[0]?.dispatchEvent(new Event("change", { bubbles: true })); // once: the page is asked again for all of them
  say(bar);
});

document.addEventListener("change", ({ target }) => {
  const list = target.closest("[id$='-list']");
  const bar = list && document.querySelector(`[data-ticking="${CSS.escape(list.id)}"]`);
  if (bar) say(bar);
});

document.addEventListener("htmx:afterSettle", show);
show();
