// The desk of scenarios: the table while some run, the flows on the diagram, and a scenario as text.
import { ask, autosave } from "./api.js";
import { drawDiagram } from "./play-canvas.js";
import { openText } from "./text.js";

const EVERY = 2500; // ms between two looks while scenarios run
const table = document.querySelector("[data-scenarios]");
if (table?.dataset.moving) setTimeout(look, EVERY);
async function look() {
  try {
    const { moving, html } = await ask(table.dataset.scenarios);
    const open = table.querySelector("details[open]") || table.contains(document.activeElement) && document.activeElement !== document.body;
    if (!open || !moving) table.innerHTML = html;
    if (!moving) return location.reload();
  } catch { /* the next look tries again */ }
  setTimeout(look, EVERY);
}

const room = document.querySelector("[data-canvas]");
if (room) coverage(room);
function coverage(room) {
  const found = JSON.parse(document.getElementById("coverage").textContent), pick = document.querySelector("[data-process]");
  let drawn = null;
  const draw = async () => {
    drawn?.destroy();
    room.replaceChildren();
    if (!pick.value) return;
    drawn = await drawDiagram(room, pick.value);
    drawn.paint(found);
    drawn.zoom("whole");
  };
  pick.addEventListener("change", draw);
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => drawn?.zoom(button.dataset.zoom));
  draw();
}

const editor = document.querySelector("[data-text]");
if (editor) edit(editor);
function edit(place) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("words"), offered = read("offered"), said = document.querySelector("[data-said]"), conflict = document.querySelector("[data-conflict]");
  const line = Number(location.hash.slice(1)) || Number(place.dataset.line);
  const failed = line && place.dataset.why ? [{ line, column: 1, message: place.dataset.why, severity: "error" }] : [];
  const text = openText(place, {
    text: read("text"), language: "yaml", label: words.label, readOnly: Boolean(place.dataset.closed), problems: failed,
    complete: (_prefix, { before = "" }) => offered[/([a-z_]+):\s*[[\w.\/]*[\w.\/]*(?:,\s*[\w.]*)*$/.exec(before)?.[1]] ?? [],
    onChange: () => { saver.changed(); later(); },
  });
  const saver = autosave(place.dataset.text, Number(place.dataset.version), () => text.text(), (state, detail) => {
    said.textContent = words[state] ?? "";
    if (state === "conflict") show(detail.answer);
  });
  let timer = 0;
  const later = () => { clearTimeout(timer); timer = setTimeout(check, 700); };
  const check = async () => {
    const { problems } = await ask(place.dataset.check, { method: "POST", body: text.text(), headers: { "Content-Type": "text/plain" } });
    text.showProblems(problems);
  };
  const show = (answer) => {
    conflict.hidden = false;
    conflict.querySelector("[data-conflict-who]").textContent = answer.message;
    conflict.querySelector("[data-theirs]").textContent = answer.theirs ?? "";
    const settle = (theirs) => { conflict.hidden = true; if (theirs) text.setText(answer.theirs ?? ""); saver.take(answer.version); };
    conflict.querySelector("[data-take-theirs]").onclick = () => settle(true);
    conflict.querySelector("[data-take-mine]").onclick = () => settle(false);
    conflict.querySelector("[data-take-theirs]").focus();
  };
  document.querySelector("[data-run]")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await saver.now();
    event.target.submit();
  });
  if (line) text.goTo(line);
}
