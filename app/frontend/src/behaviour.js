// Small kindnesses: no double sending, a warning before typed text is lost, menus that close, tables that say what they are.
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) dirty.add(form);
});

document.addEventListener("submit", (event) => {
  dirty.clear();
  // A second press of the same button must not send twice; the server would refuse it, but people fear that message.
  // Disabled only after the browser has read the form: a disabled button's name would not be sent.
  setTimeout(() => {
    for (const button of event.target.querySelectorAll("button:not([data-again])")) button.disabled = !event.defaultPrevented;
  }, 0);
});

window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button[disabled]:not([data-off])")) button.disabled = false;
});

window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// After a failed submit the list of mistakes is what one wants to hear first.
document.querySelector(".error-summary")?.focus();
