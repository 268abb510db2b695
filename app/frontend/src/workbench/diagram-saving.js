// What the editors of diagrams and of decision tables share: saving as one works, what to do when two people work in one file,
// and being told when somebody else saved. The text that is not saved stays in the editor until somebody decides.
import { ask, autosave, readFile } from "./api.js";

const LOOK = 15_000; // ms between two looks whether somebody else saved

export const said = JSON.parse(document.getElementById("words").textContent);
export const say = (key, values = {}) => said[key].replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);

// `content()` gives the text, `open(text)` puts another one in; `compare(theirs)` may draw both. `saved()` is called after each save.
export function keepSaved({ bench, version, content, open, compare = () => {}, saved = () => {} }) {
  const status = document.getElementById("saved");
  const states = { waiting: "pencil", saving: "pencil", saved: "circle-check", failed: "alert-triangle", conflict: "alert-triangle" };
  const tell = (state, detail) => {
    status.dataset.state = state;
    status.textContent = state === "conflict" ? said.stopped : said[state] ?? states[state];
    if (state === "conflict") conflict(detail.answer);
    if (state === "saved") saved(detail);
  };
  const keeper = autosave(bench.file, version, content, tell);
  watch(bench, keeper, status);

  const dialog = document.getElementById("conflict");
  let theirs = null;
  function conflict(answer) {
    theirs = answer;
    document.getElementById("conflict-says").textContent = say("conflict", { by: answer.by || "" });
    dialog.showModal();
    compare(answer.theirs);
  }
  const deeds = {
    mine: () => { dialog.close(); return keeper.take(theirs.version); },
    theirs: async () => { dialog.close(); await open(theirs.theirs ?? ""); keeper.adopt(theirs.version); },
    download: async () => save(bench, await content()),
  };
  for (const button of dialog.querySelectorAll("[data-conflict]")) button.addEventListener("click", () => deeds[button.dataset.conflict]());
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  return keeper;
}

function save(bench, text) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "text/xml" })), download: bench.path.replace(/^.*\//, "") });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Somebody else in the same file is noticed before the two collide.
function watch(bench, keeper, status) {
  const notice = document.getElementById("notice");
  const look = async () => {
    if (document.hidden) return;
    const found = await ask(`${bench.base}/standing.json?path=${encodeURIComponent(bench.path)}`).catch(() => null);
    if (!found || found.version <= keeper.version || ["saving", "conflict"].includes(status.dataset.state)) return;
    const at = new Date(found.at).toLocaleTimeString(bench.language, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    const dirty = ["waiting", "failed"].includes(status.dataset.state);
    notice.replaceChildren(say(dirty ? "newer_dirty" : "newer", { by: found.by, at }), " ");
    if (!dirty) notice.append(Object.assign(document.createElement("a"), { href: location.href.replace(/#.*/, ""), textContent: said.reload }));
    notice.hidden = false;
  };
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", look);
}

export async function opened(bench) {
  return readFile(bench.file);
}

export function benchOf(place) {
  const { file, path, name, base, home, language, edit, gaps } = place.dataset;
  return { file, path, name, base, home, gaps, language, mayEdit: edit === "yes", said, say };
}
