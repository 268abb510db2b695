// 统计: paints the figures of the tables on the diagram, and draws each chart from the table beside it. Nothing is fetched
// but the diagram: what a chart says, its table says. Without this script the tables remain.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { axisX, axisY, barX, dot, gridX, gridY, lineY, plot, ruleX, ruleY, text } from "@observablehq/plot";

const rows = (table) => [...table.tBodies[0].rows];

// ---- the diagram

async function paint(place) {
  const xml = await fetch(place.dataset.diagramFile).then((r) => (r.ok ? r.text() : Promise.reject(r.status)));
  place.querySelector(".diagram-note")?.remove();
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(xml);
  const known = viewer.get("elementRegistry");
  for (const row of document.querySelectorAll("[data-element]")) if (known.get(row.dataset.element)) paintStep(viewer, known.get(row.dataset.element), row);
  for (const row of document.querySelectorAll("[data-flow]")) if (known.get(row.dataset.flow)) paintFlow(viewer, known.get(row.dataset.flow), row);
  fit(viewer, document.querySelector("[data-element]")?.dataset.element);
  addTools(place, viewer);
  link(viewer, place);
  place.dataset.ready = "";
}

function paintStep(viewer, element, row) {
  viewer.get("canvas").addMarker(element, `heat-${row.dataset.level}`);
  const badge = document.createElement("div");
  badge.className = "heat-badge";
  badge.textContent = row.dataset.badge;
  badge.setAttribute("aria-hidden", "true");   // the list says the same
  viewer.get("overlays").add(element, { position: { bottom: 10, left: element.width / 2 }, html: badge });
}

function paintFlow(viewer, flow, row) {
  viewer.get("canvas").addMarker(flow, `walked-${row.dataset.level}`);
  const badge = document.createElement("div");
  badge.className = "heat-badge heat-badge-flow";
  badge.textContent = row.dataset.badge;
  badge.setAttribute("aria-hidden", "true");
  const points = flow.waypoints, [before, after] = longest(points);
  const left = Math.min(...points.map((p) => p.x)), top = Math.min(...points.map((p) => p.y));
  viewer.get("overlays").add(flow, { position: { left: (before.x + after.x) / 2 - left, top: (before.y + after.y) / 2 - top }, html: badge });
}

function longest(points) {
  const pieces = points.slice(1).map((after, n) => [points[n], after]);
  return pieces.reduce((best, piece) => (length(piece) > length(best) ? piece : best));
}

const length = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);

// A long diagram fitted whole is unreadable: keep letters legible and put the hottest step in the middle.
function fit(viewer, hottest) {
  const canvas = viewer.get("canvas"), element = viewer.get("elementRegistry").get(hottest);
  canvas.zoom("fit-viewport", "auto");
  if (canvas.zoom() >= 0.7) return;
  canvas.zoom(0.7);
  const box = canvas.viewbox(), middle = element ? { x: element.x + element.width / 2, y: element.y + element.height / 2 } : { x: box.inner.x + box.width / 2.1, y: box.inner.y + box.height / 2.1 };
  canvas.viewbox({ x: middle.x - box.width / 2, y: middle.y - box.height / 2, width: box.width, height: box.height });
}

function addTools(place, viewer) {
  const canvas = viewer.get("canvas");
  const acts = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() / 1.25), whole: () => canvas.zoom("fit-viewport", "auto") };
  for (const button of place.parentElement.querySelectorAll("[data-heat-do]")) {
    button.hidden = false;
    button.addEventListener("click", acts[button.dataset.heatDo]);
  }
}

// A line of the list shows its step on the diagram, and the other way round.
function link(viewer, place) {
  const canvas = viewer.get("canvas"), known = viewer.get("elementRegistry");
  for (const row of document.querySelectorAll("[data-element]")) {
    const element = known.get(row.dataset.element);
    if (!element) continue;
    row.addEventListener("pointerenter", () => canvas.addMarker(element, "heat-shown"));
    row.addEventListener("pointerleave", () => canvas.removeMarker(element, "heat-shown"));
    row.addEventListener("click", (event) => { if (!event.target.closest("a, summary")) canvas.scrollToElement(element, 120); });
  }
  viewer.on("element.hover", ({ element }) => mark(element, true));
  viewer.on("element.out", ({ element }) => mark(element, false));
  function mark(element, on) {
    document.querySelector(`[data-element="${CSS.escape(element.id)}"]`)?.classList.toggle("insight-pointed", on);
  }
}

// ---- charts

// Drawn anew for another width and for print, where colours and sizes are others.
function keepDrawn(figure) {
  const table = document.getElementById(figure.dataset.chartOf);
  if (!table || !CHARTS[table.dataset.chart]) return;
  let width = 0;
  const draw = (wanted) => {
    if (!wanted || wanted === width) return;
    width = wanted;
    const drawn = CHARTS[table.dataset.chart](read(table), width, table.dataset.measures.split(" "));
    figure.replaceChildren(...(drawn ? [drawn] : []));
    figure.hidden = !drawn;
    // The table says it all: the marks inside are for eyes.
    for (const each of figure.querySelectorAll("svg, figure")) each.setAttribute("aria-hidden", "true");
  };
  new ResizeObserver(([entry]) => draw(Math.round(entry.contentRect.width))).observe(figure);
  draw(Math.round(figure.clientWidth));
}

function read(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => ({ key: cell.dataset.key, label: cell.textContent.trim(), unit: cell.dataset.unit }));
  const data = rows(table).map((row) => {
    const found = { words: {}, badge: row.dataset.badge };
    heads.forEach(({ key }, n) => {
      const cell = row.cells[n], value = cell.dataset.value;
      found.words[key] = cell.textContent.trim();
      found[key] = n === 0 ? (cell.querySelector("summary, a") ?? cell).textContent.trim() : value === undefined || value === "" ? null : Number(value);
    });
    return found;
  });
  return { heads: Object.fromEntries(heads.map((head) => [head.key, head])), name: heads[0].key, data };
}

const CHARTS = { bars, ranges, weeks };
const SHOWN = 20;   // lines of a bar chart; the table has them all
const tall = (count) => 56 + count * 26;
const short = (words, width) => { const most = Math.max(6, Math.floor(width / 42)); return words.length > most ? `${words.slice(0, most - 1)}…` : words; };
const common = (width, further) => ({ width, marginLeft: Math.min(220, Math.max(96, width * 0.3)), marginRight: 64, style: { background: "transparent", fontSize: "12px", overflow: "visible" }, ...further });

function named(table) {
  const places = new Map();
  return table.data.map((row) => {   // equal names are different lines
    const n = places.get(row[table.name]) ?? 0;
    places.set(row[table.name], n + 1);
    return { ...row, line: row[table.name] + "\u200b".repeat(n) };
  });
}

function bars(table, width, measures) {
  return stacked(measures.map((measure) => bar(table, width, measure)));
}

function bar(table, width, measure) {
  const head = table.heads[measure], data = named(table).filter((row) => row[measure] !== null).slice(0, SHOWN);
  if (!data.length) return [];
  const top = head.unit === "%" ? 100 : Math.max(1, ...data.map((row) => row[measure]));
  return [said(head), plot(common(width, {
    height: tall(data.length), x: { domain: [0, top], label: null, nice: true, ticks: Math.min(6, width / 90) }, y: { domain: data.map((row) => row.line), label: null },
    marks: [gridX({ stroke: "var(--line)", strokeOpacity: 1 }), ...axes(width),
      barX(data, { x: measure, y: "line", fill: "var(--heat-4)", insetTop: 3, insetBottom: 3 }),
      text(data, { x: measure, y: "line", text: (row) => row.words[measure], textAnchor: "start", dx: 6, fill: "currentColor" }), ruleX([0], { stroke: "currentColor", strokeOpacity: 0.4 })],
  }))];
}

function ranges(table, width, [from, to]) {
  const data = named(table).filter((row) => row[from] !== null).slice(0, SHOWN);
  if (!data.length) return null;
  return stacked([[said({ ...table.heads[from], label: `${table.heads[from].label} · ${table.heads[to].label}` }), plot(common(width, {
    marginRight: 130, height: tall(data.length), x: { domain: [0, Math.max(0.1, ...data.map((row) => row[to]))], nice: true, label: null, ticks: Math.min(6, width / 90) }, y: { domain: data.map((row) => row.line), label: null },
    marks: [gridX({ stroke: "var(--line)", strokeOpacity: 1 }), ...axes(width),
      barX(data, { x1: from, x2: to, y: "line", fill: "var(--heat-2)", insetTop: 8, insetBottom: 8 }),
      dot(data, { x: from, y: "line", r: 5, fill: "var(--heat-5)" }),
      text(data, { x: to, y: "line", text: (row) => `${row.words[from]} / ${row.words[to]}`, textAnchor: "start", dx: 8, fill: "currentColor" }), ruleX([0], { stroke: "currentColor", strokeOpacity: 0.4 })],
  }))]]);
}

const axes = (width) => [axisY({ tickFormat: (words) => short(words, width), tickSize: 0, fill: "currentColor" }),
  axisX({ anchor: "top", label: null, tickSize: 0, fill: "currentColor", tickFormat: (n) => `${n}` })];

// What is measured, above the drawing: beside the axis it would lie on its numbers.
function said(head) {
  const words = document.createElement("p");
  words.className = "insight-unit";
  words.textContent = head.unit ? `${head.label}（${head.unit}）` : head.label;
  return words;
}

function stacked(drawings) {
  const found = drawings.flat(), all = document.createElement("div");
  all.append(...found);
  return found.length ? all : null;
}

function weeks(table, width, [started, ended, open]) {
  const data = table.data.filter((row) => !row.badge).map((row) => ({ ...row, week: new Date(`${row[table.name]}T00:00:00Z`) }));
  if (data.length < 2) return null;
  const kinds = [[started, "var(--heat-4)", "6 4"], [ended, "var(--good)", null]], flat = common(width, { marginLeft: 48, marginRight: 72, height: 220, y: { grid: true, nice: true, zero: true, label: null }, x: { type: "utc", label: null, ticks: Math.min(8, width / 80), tickFormat: (at) => (at.getUTCMonth() ? `${at.getUTCMonth() + 1}月` : `${at.getUTCFullYear()}年`) } });
  const last = data[data.length - 1], place = apart(last[started], last[ended]);
  const through = plot({ ...flat, marks: [gridY({ stroke: "var(--line)", strokeOpacity: 1 }), ruleY([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
    ...kinds.flatMap(([key, stroke, dashes], n) => [lineY(data, { x: "week", y: key, stroke, strokeWidth: 2, strokeDasharray: dashes }),
      text([last], { x: "week", y: key, text: () => table.heads[key].label, textAnchor: "start", dx: 8, dy: place[n], fill: stroke, fontWeight: 600 })])] });
  const stock = plot({ ...flat, height: 170, marks: [gridY({ stroke: "var(--line)", strokeOpacity: 1 }), ruleY([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
    lineY(data, { x: "week", y: open, stroke: "var(--todo)", strokeWidth: 2.5, curve: "step-after" }), text([last], { x: "week", y: open, text: () => table.heads[open].label, textAnchor: "start", dx: 8, fill: "var(--todo)", fontWeight: 600 })] });
  return stacked([through, stock]);
}

// Two names at the end of lines that end at the same height do not lie on each other.
const apart = (one, other) => (Math.abs(one - other) > 2 ? [0, 0] : one >= other ? [-8, 8] : [8, -8]);

// ---- begin

const heat = document.getElementById("heat");
if (heat) paint(heat).catch(() => heat.classList.add("diagram-failed"));
for (const figure of document.querySelectorAll("[data-chart-of]")) keepDrawn(figure);
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
