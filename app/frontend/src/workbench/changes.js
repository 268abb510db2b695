// The change note: both versions of a diagram side by side, moved and zoomed together, and a way from each line to its shape and back.
// Without this script the note can be read all the same. The watermark of bpmn.io stays visible: its licence asks for it.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const words = JSON.parse(document.getElementById("words").textContent);
const drawings = JSON.parse(document.getElementById("note-diagrams").textContent);
const BANDS = ["bpmn:Participant", "bpmn:Lane"];   // too large to be filled with a colour
const pairs = new Map();   // path of a diagram -> promise of its two viewers

for (const place of document.querySelectorAll("[data-drawing]")) {
  const drawing = drawings.find((one) => one.path === place.dataset.drawing);
  new IntersectionObserver(([seen], watcher) => { if (seen.isIntersecting) { watcher.disconnect(); open(place, drawing); } }, { rootMargin: "300px" }).observe(place);
}
for (const button of document.querySelectorAll("[data-note-find]")) {
  button.hidden = false;
  button.addEventListener("click", () => find(button.closest(".note-line")));
}
for (const button of document.querySelectorAll("[data-note-print]")) {
  button.hidden = false;
  button.addEventListener("click", printed);
}

function open(place, drawing) {
  if (!pairs.has(drawing.path)) pairs.set(drawing.path, draw(place, drawing));
  return pairs.get(drawing.path);
}

async function draw(place, drawing) {
  const sides = {};
  await Promise.all(["old", "new"].map(async (side) => { sides[side] = await drawSide(place.querySelector(`[data-side=${side}]`), drawing[side], drawing.marks[side]); }));
  const shown = Object.values(sides).filter(Boolean);
  if (shown.length === 2) together(sides.old.get("canvas"), sides.new.get("canvas"));
  start(shown, drawing);
  tools(place, shown);
  return sides;
}

async function drawSide(canvas, address, marks) {
  if (!address) { canvas.append(said(words.none)); return null; }
  const viewer = new NavigatedViewer({ container: canvas });
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.statusText);
    await viewer.importXML(await response.text());
  } catch { canvas.replaceChildren(said(words.failed)); return null; }
  mark(viewer, marks);
  viewer.on("element.click", ({ element }) => lineOf(canvas, element.id));
  return viewer;
}

function said(text) {
  const line = document.createElement("p");
  line.className = "note-none";
  line.textContent = text;
  return line;
}

// A word on every marked shape: the colour alone would tell nothing to many readers, and nothing on a grey print.
function mark(viewer, marks) {
  const [canvas, overlays, known] = ["canvas", "overlays", "elementRegistry"].map((name) => viewer.get(name));
  for (const [id, kind] of Object.entries(marks)) {
    const element = shapeOf(known, id);
    if (!element || element === canvas.getRootElement()) continue;
    canvas.addMarker(element, BANDS.includes(element.type) ? `note-band-${kind}` : `note-${kind}`);
    const badge = document.createElement("span");
    badge.className = `note-badge note-badge-${kind}`;
    badge.textContent = words[kind];
    overlays.add(element, "note", { position: placed(element), html: badge });
  }
}

// A process is not drawn itself: its frame stands for it.
function shapeOf(known, id) {
  return known.get(id) ?? known.find((one) => one.type === "bpmn:Participant" && one.businessObject.processRef?.id === id);
}

function placed(element) {
  if (!element.waypoints) return { top: -9, left: -9 };
  const points = element.waypoints, middle = Math.floor((points.length - 1) / 2), [a, b] = [points[middle], points[middle + 1]];
  const left = Math.min(...points.map((p) => p.x)), top = Math.min(...points.map((p) => p.y));
  return { left: (a.x + b.x) / 2 - left - 9, top: (a.y + b.y) / 2 - top - 9 };
}

function together(one, other) {
  let busy = false;
  const follow = (from, to) => from._eventBus.on("canvas.viewbox.changed", () => {
    if (busy) return;
    busy = true;
    const { x, y, scale } = from.viewbox(), { outer } = to.viewbox();
    to.viewbox({ x, y, width: outer.width / scale, height: outer.height / scale });
    busy = false;
  });
  follow(one, other);
  follow(other, one);
}

// A long diagram fitted whole is unreadable: begin at the first thing that differs.
function start(shown, drawing) {
  for (const viewer of shown) viewer.get("canvas").zoom("fit-viewport");
  if (!shown.length || shown[0].get("canvas").zoom() >= 0.6) return;
  for (const viewer of [...shown].reverse()) {
    const ids = [...Object.keys(drawing.marks.new), ...Object.keys(drawing.marks.old)];
    const first = ids.map((id) => viewer.get("elementRegistry").get(id)).filter((one) => one && !one.waypoints && one.width < 400).sort((a, b) => a.x - b.x)[0];
    if (first) return centre(viewer, first);
  }
}

function centre(viewer, element) {
  const canvas = viewer.get("canvas"), scale = Math.max(canvas.zoom(), 0.7), { outer } = canvas.viewbox();
  const points = element.waypoints ?? [{ x: element.x, y: element.y }, { x: element.x + (element.width > 900 ? 300 : element.width), y: element.y + element.height }];
  const [x, y] = [points.reduce((sum, p) => sum + p.x, 0) / points.length, points.reduce((sum, p) => sum + p.y, 0) / points.length];
  canvas.viewbox({ x: x - outer.width / scale / 2, y: y - outer.height / scale / 2, width: outer.width / scale, height: outer.height / scale });
}

function tools(place, shown) {
  const bar = place.querySelector(".page-tools");
  if (!shown.length) return;
  bar.hidden = false;
  const canvas = shown[shown.length - 1].get("canvas");
  const actions = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() / 1.25), whole: () => canvas.zoom("fit-viewport", "auto") };
  for (const button of bar.querySelectorAll("[data-drawing-do]")) button.addEventListener("click", actions[button.dataset.drawingDo]);
}

async function find(line) {
  const { diagram, element, was } = line.dataset;
  const place = [...document.querySelectorAll("[data-drawing]")].find((one) => one.dataset.drawing === diagram);
  place.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  const sides = await open(place, drawings.find((one) => one.path === diagram));
  for (const [side, id] of [["old", was], ["new", element]]) {
    const viewer = sides[side], found = viewer && shapeOf(viewer.get("elementRegistry"), id);
    if (!viewer) continue;
    const canvas = viewer.get("canvas");
    for (const one of viewer.get("elementRegistry").getAll()) canvas.removeMarker(one, "note-found");
    if (found) { canvas.addMarker(found, "note-found"); centre(viewer, found); }
  }
  shownLine(line);
}

function lineOf(canvas, id) {
  const { drawing } = canvas.closest("[data-drawing]").dataset, key = canvas.dataset.side === "old" ? "was" : "element";
  const line = [...document.querySelectorAll(".note-line")].find((one) => one.dataset.diagram === drawing && one.dataset[key] === id);
  if (!line) return;
  shownLine(line);
  line.scrollIntoView({ block: "center" });
  line.querySelector("button")?.focus({ preventScroll: true });
}

function shownLine(line) {
  document.querySelectorAll(".note-line.found").forEach((one) => one.classList.remove("found"));
  line.classList.add("found");
}

// On paper both versions stand below each other, each shown whole: the panes take the width of a page before they are fitted.
async function printed() {
  const drawn = [];
  for (const place of document.querySelectorAll("[data-drawing]")) {
    drawn.push(...Object.values(await open(place, drawings.find((one) => one.path === place.dataset.drawing))).filter(Boolean));
  }
  sized(drawn, true);
  addEventListener("afterprint", () => sized(drawn, false), { once: true });
  print();
}

function sized(drawn, forPaper) {
  document.body.classList.toggle("note-printing", forPaper);
  for (const viewer of drawn) viewer.get("canvas").resized();
  for (const viewer of drawn) viewer.get("canvas").zoom("fit-viewport", "auto");
}
