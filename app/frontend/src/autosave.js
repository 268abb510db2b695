// Saves the draft while one types: the night before the deadline the battery is empty. The server merges and warns as for
// any other save; a form without a script saves with its buttons.
const QUIET = 4000; // milliseconds without typing
const waiting = new Map();

document.addEventListener("input", ({ target }) => later(target.closest("form[data-autosave]")));
document.addEventListener("change", ({ target }) => later(target.closest("form[data-autosave]")));
document.addEventListener("submit", ({ target }) => clearTimeout(waiting.get(target)));

// Somebody else put something into the form that must not wait: an upload that arrived.
document.addEventListener("save-now", async ({ target, detail }) => {
  clearTimeout(waiting.get(target));
  await save(target);
  detail.done();
});

function later(form) {
  if (!form) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => save(form), QUIET));
}

async function save(form) {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  data.set("do", "save");
  const says = form.querySelector("[data-saved]");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Autosave": "1" } });
    if (answer.status === 409) return void (says.textContent = says.dataset.conflict);
    if (answer.status === 401 || answer.status === 403) return void (says.textContent = says.dataset.expired);
    if (!answer.ok) return void (says.textContent = says.dataset.failed);
    const { version, at } = await answer.json();
    form.elements.version.value = version;
    says.textContent = says.dataset.saved.replace("%", at);
    form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  } catch {
    // Offline: the text stays in the page, and leaving it asks first.
    if (says) says.textContent = says.dataset.failed;
  }
}
