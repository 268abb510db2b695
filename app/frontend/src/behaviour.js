// Small kindnesses; every page works without them: no double sending, a warning before typed text is lost, counts of
// characters, boxes that exclude each other, a question before a row is deleted, menus that close.
const dirty = new Set();
let sending = false;

document.addEventListener("input", ({ target }) => {
  const form = target.closest("form[data-guard]");
  if (form) dirty.add(form);
  if (target.dataset.count) sayCount(target);
});

document.addEventListener("saved", ({ target }) => dirty.delete(target));

document.addEventListener("change", ({ target }) => {
  const group = target.closest("[data-exclusive]");
  if (group && target.type === "checkbox" && target.checked) untickOthers(group, target);
});

document.addEventListener("click", (event) => {
  const asking = event.target.closest("button[data-confirm]");
  if (asking && !window.confirm(asking.dataset.confirm)) event.preventDefault();
  for (const menu of document.querySelectorAll("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented || event.target.target) return; // htmx sends its forms itself; where the answer goes into a frame, the page stays too
  // A second press must not send twice; the server would refuse it, but people fear that message.
  if (sending) return event.preventDefault();
  sending = true;
  dirty.clear();
});

window.addEventListener("pageshow", () => {
  sending = false;
});

window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Counted as the server counts: code points, not UTF-16 units.
function sayCount(area) {
  const place = document.querySelector(`[data-count-of="${area.id}"]`);
  if (place) place.textContent = place.textContent.replace(/^\s*\d+/, [...area.value.trim()].length);
}

function untickOthers(group, ticked) {
  const alone = group.dataset.exclusive;
  for (const box of group.querySelectorAll("input[type=checkbox]")) {
    if (box !== ticked && (ticked.value === alone || box.value === alone)) box.checked = false;
  }
}

// After a refused submit the list of mistakes is what one wants to hear first.
document.querySelector(".error-summary")?.focus();

// On a narrow screen the row of places scrolls: the one where somebody is should be seen.
for (const here of document.querySelectorAll(".topbar-nav [aria-current], .tabs [aria-current]")) {
  const row = here.closest(".topbar-row, .tabs");
  const [inner, outer] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.right > outer.right || inner.left < outer.left) row.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
}
