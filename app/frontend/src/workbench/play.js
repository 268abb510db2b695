// The page of a walk: the diagram with its token, and the real pages in a frame. When a step was done in the frame, the page's
// own parts are fetched anew. Without this script every part still works by following links and pressing buttons.
import { drawDiagram } from "./play-canvas.js";

const place = document.querySelector("[data-walk]");
if (place) walk(place);

function walk(place) {
  const words = JSON.parse(document.getElementById("words").textContent);
  const pick = place.querySelector("[data-process]"), cover = place.querySelector("[data-cover]"), room = place.querySelector("[data-canvas]");
  const card = place.querySelector("[data-form]"), frame = place.querySelector("[data-frame]");
  const said = place.parentElement.querySelector("[data-say]");
  let drawn = null, chosen = false, drawings = 0, opener = null;
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
    const turn = ++drawings; // arrow keys pass quickly over several: only the last one stays
    try {
      const fresh = await drawDiagram(room, place.dataset.diagrams.replace("PROCESS", pick.value));
      if (turn !== drawings) return fresh.destroy();
      drawn = fresh;
    } catch { if (turn === drawings) room.textContent = words.noDiagram; }
    paint(true);
  };
  pick.addEventListener("change", () => { chosen = true; draw(); });
  cover.addEventListener("change", () => paint(false));
  for (const button of place.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => (button.dataset.zoom === "here" ? drawn?.show(scene().current) : drawn?.zoom(button.dataset.zoom)));

  const close = () => { card.hidden = true; frame.src = "about:blank"; };
  const open = (who, from) => {
    opener = from;
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
  const say = (text) => { said.textContent = text; };
  // Where the walk stands, for who does not see the diagram: the step it came by, where that led, what went wrong.
  const standing = () => ["[aria-current=step]", "[data-note]"].map((what) => place.querySelector(what)?.textContent.replace(/\s+/g, " ").trim()).filter(Boolean).join("；");
  // Links and forms that open in the frame say as whom; a sample button gives another sample at each press.
  const ready = () => {
    for (const one of place.querySelectorAll("a[data-inside]")) one.addEventListener("click", () => open(one.dataset.inside, one));
    for (const form of place.querySelectorAll("form[data-inside]")) form.addEventListener("submit", () => {
      open(form.dataset.inside, form.querySelector("button"));
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
    say(`${words.done}：${standing()}`);
    document.getElementById("who-title")?.focus({ preventScroll: true });
  });
  card.querySelector("[data-form-close]").addEventListener("click", () => { close(); (opener?.isConnected ? opener : document.getElementById("who-title"))?.focus(); });
  ready();
  draw();
  if (location.hash) setTimeout(() => say(standing()), 300); // after a press: what is in the page from its beginning is not announced
}
