// The page of a walk: the diagram with its token, and the real pages in a frame. When a step was done in the frame, the page's
// own parts are fetched anew. Without this script every part still works by following links and pressing buttons.
import { drawDiagram } from "./play-canvas.js";

const place = document.querySelector("[data-walk]");
if (place) walk(place);

function walk(place) {
  const words = JSON.parse(document.getElementById("words").textContent);
  const pick = place.querySelector("[data-process]"), cover = place.querySelector("[data-cover]"), room = place.querySelector("[data-canvas]");
  const card = place.querySelector("[data-form]"), frame = place.querySelector("[data-frame]");
  let drawn = null, chosen = false;
  const scene = () => JSON.parse(place.querySelector("[data-scene]").textContent);

  const paint = (move) => {
    if (!drawn) return;
    const now = scene();
    drawn.paint({ walked: now.walked, current: now.current, missing: cover.checked ? now.missing.filter((id) => !now.walked.includes(id)) : [] });
    if (move) drawn.show(now.current);
  };
  const draw = async () => {
    drawn?.destroy();
    drawn = null;
    room.replaceChildren();
    try { drawn = await drawDiagram(room, place.dataset.diagrams.replace("PROCESS", pick.value)); } catch { room.textContent = words.noDiagram; }
    paint(true);
  };
  pick.addEventListener("change", () => { chosen = true; draw(); });
  cover.addEventListener("change", () => paint(false));
  for (const button of place.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => (button.dataset.zoom === "here" ? drawn?.show(scene().current) : drawn?.zoom(button.dataset.zoom)));

  const close = () => { card.hidden = true; frame.src = "about:blank"; };
  const open = (who) => {
    card.hidden = false;
    card.querySelector("[data-form-who]").textContent = words.as.replace("%", who);
    card.querySelector("h2").focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  };
  const refresh = async () => {
    const answer = await fetch(place.dataset.panel);
    if (!answer.ok) return say(words.failed);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of ["walk-who", "walk-below"]) document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
    ready();
    const now = scene();
    if (!chosen && drawn && !drawn.has(now.current) && now.current.length) await draw();
    paint(true);
  };
  const say = (text) => {
    let note = place.querySelector("[data-say]");
    if (!note) { note = document.createElement("p"); note.dataset.say = ""; note.className = "visually-hidden"; note.setAttribute("role", "status"); place.append(note); }
    note.textContent = text;
  };
  // Links and forms that open in the frame say as whom; a sample button gives another sample at each press.
  const ready = () => {
    for (const one of place.querySelectorAll("a[data-inside]")) one.addEventListener("click", () => open(one.dataset.inside));
    for (const form of place.querySelectorAll("form[data-inside]")) form.addEventListener("submit", () => {
      open(form.dataset.inside);
      const which = form.querySelector("[data-which]");
      setTimeout(() => { which.value = (Number(which.value) + 1) % Number(which.dataset.which); });
    });
  };
  frame.addEventListener("load", async () => {
    let body = null;
    try { body = frame.contentDocument?.body; } catch { return; }
    if (!body || !("stepDone" in body.dataset)) return;
    close();
    await refresh();
    say(words.done);
    document.getElementById("who-title")?.focus({ preventScroll: true });
  });
  card.querySelector("[data-form-close]").addEventListener("click", () => { close(); document.getElementById("who-title")?.focus(); });
  ready();
  draw();
}
