// The words of the page and its one dialog. For the modules of the form editor.
const WORDS = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export const word = (name, values = {}) => (WORDS[name] ?? name).replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");

export function element(tag, values = {}, ...children) {
  const made = Object.assign(document.createElement(tag), values);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Asks in the page's dialog; resolves to whether the second button was pressed. `body`: a node that is shown.
export function confirmed(title, body, yes, before = "", after = "") {
  const dialog = document.getElementById("dialog");
  document.getElementById("dialog-title").textContent = title;
  document.getElementById("dialog-yes").textContent = yes;
  document.getElementById("dialog-yes").disabled = false;
  document.getElementById("dialog-body").replaceChildren(...[before && element("p", { textContent: before }), body, after && element("p", { className: "muted", textContent: after })].filter(Boolean));
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}
