// A section drawn anew must not take back what was typed or chosen while its answer was on the way.
const asked = new WeakMap(); // request -> what its target said when it was sent
const typed = new WeakMap(); // request -> what was changed since

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  asked.set(detail.xhr, new Map(controls(detail.target).map((one) => [one.id, said(one)])));
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const before = asked.get(detail.xhr) ?? new Map();
  const changed = controls(detail.target).filter((one) => before.has(one.id) && before.get(one.id) !== said(one));
  typed.set(detail.xhr, changed.map((one) => [one.id, said(one), one.selectionStart ?? null]));
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const changed = typed.get(detail.xhr) ?? [];
  typed.delete(detail.xhr);
  for (const [id, value, caret] of changed) put(document.getElementById(id), value, caret);
});

function controls(place) {
  return [...(place?.querySelectorAll?.("input[id], select[id], textarea[id]") ?? [])].filter((one) => !["file", "hidden"].includes(one.type));
}

function said(control) {
  return ["checkbox", "radio"].includes(control.type) ? control.checked : control.value;
}

function put(control, value, caret) {
  if (!control) return;
  if (typeof value === "boolean") control.checked = value;
  else control.value = value;
  if (caret !== null && control === document.activeElement) control.setSelectionRange(caret, caret);
  // Who still types goes on; what was finished is told to the form as if it had just been done.
  const words = control.tagName === "TEXTAREA" || (control.tagName === "INPUT" && typeof value !== "boolean");
  control.dispatchEvent(new Event("input", { bubbles: true }));
  if (!words || control !== document.activeElement) control.dispatchEvent(new Event("change", { bubbles: true }));
}
