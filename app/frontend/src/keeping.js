// A section drawn anew must not take back what was typed or chosen while its answer was on the way.
const asked = new WeakMap(); // request -> what its target said when it was sent

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  asked.set(ctx, new Map(controls(ctx.target).map((one) => [one.id, said(one)])));
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  const before = asked.get(ctx) ?? new Map();
  const changed = controls(ctx.target).filter((one) => before.has(one.id) && before.get(one.id) !== said(one));
  const kept = changed.map((old) => ({ old, value: said(old), caret: old.selectionStart ?? null, typing: old === document.activeElement }));
  if (!kept.length) return;
  // The event after a swap is told to what the swap removed, so nobody hears it: look for the new controls instead.
  const watch = new MutationObserver(() => {
    const drawn = kept.filter(({ old }) => !old.isConnected && document.getElementById(old.id));
    if (!drawn.length) return;
    watch.disconnect();
    for (const one of drawn) put(document.getElementById(one.old.id), one);
  });
  watch.observe(document.body, { childList: true, subtree: true });
});

function controls(place) {
  return [...(place?.querySelectorAll?.("input[id], select[id], textarea[id]") ?? [])].filter((one) => !["file", "hidden"].includes(one.type));
}

function said(control) {
  return ["checkbox", "radio"].includes(control.type) ? control.checked : control.value;
}

function put(control, { value, caret, typing }) {
  if (typeof value === "boolean") control.checked = value;
  else control.value = value;
  if (caret !== null) control.setSelectionRange(caret, caret);
  control.dispatchEvent(new Event("input", { bubbles: true }));
  // Who still types goes on, and tells by leaving; what was finished is told as if it had just been done.
  if (typing && caret !== null) tellOnLeaving(control);
  else control.dispatchEvent(new Event("change", { bubbles: true }));
}

function tellOnLeaving(control) {
  let told = false;
  control.addEventListener("change", () => { told = true; }, { once: true });
  control.addEventListener("blur", () => told || control.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
}
