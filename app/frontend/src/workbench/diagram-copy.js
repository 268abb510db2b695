// Copying from one diagram and pasting into another one, also in another tab: the copied tree travels through localStorage.
const KEY = "pingshen.copied-elements";

function CopyBetweenTabs(eventBus, clipboard, moddle) {
  eventBus.on("copyPaste.elementsCopied", ({ tree }) => {
    try { localStorage.setItem(KEY, JSON.stringify(tree)); } catch { /* full or forbidden: pasting within this tab still works */ }
  });
  // Asked before every paste: the newest copy of any tab counts.
  this.take = () => {
    const kept = localStorage.getItem(KEY);
    if (kept) clipboard.set(JSON.parse(kept, revived(moddle)));
    return !clipboard.isEmpty();
  };
  const take = this.take;
  eventBus.on("editorActions.init", ({ editorActions }) => {
    const paste = editorActions._actions.paste;
    if (paste) editorActions._actions.paste = (...given) => { take(); return paste(...given); };
  });
}
CopyBetweenTabs.$inject = ["eventBus", "clipboard", "moddle"];

// Plain values become elements of the file again; what was one element stays one.
function revived(moddle) {
  const made = new Map();
  return (key, value) => {
    if (!value || typeof value !== "object" || typeof value.$type !== "string") return value;
    const { $type, ...attributes } = value, known = attributes.id && made.get(attributes.id);
    if (known) return known;
    const element = moddle.create($type, attributes);
    if (attributes.id) made.set(attributes.id, element);
    return element;
  };
}

export default { __init__: ["copyBetweenTabs"], copyBetweenTabs: ["type", CopyBetweenTabs] };
