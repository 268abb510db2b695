// The diagram of a case, only on pages that show one: <div data-diagram="…bpmn" data-progress="…json">.
// The watermark of bpmn.io stays visible: its licence asks for it.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const holder = document.querySelector("[data-diagram]");
if (holder) show(holder).catch(() => holder.classList.add("diagram-failed"));

async function show(place) {
  const [xml, progress] = await Promise.all([
    fetch(place.dataset.diagram).then((r) => r.text()),
    place.dataset.progress ? fetch(place.dataset.progress).then((r) => r.json()) : { walked: [], current: [] },
  ]);
  place.querySelector(".diagram-note")?.remove();
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(xml);
  paint(viewer, progress);
  fit(viewer, progress.current);
  addTools(place, viewer, progress.current);
}

function paint(viewer, { walked, current }) {
  const canvas = viewer.get("canvas");
  const known = viewer.get("elementRegistry");
  known.filter((e) => e.waypoints).forEach((e) => canvas.addMarker(e, "way"));
  walked.filter((id) => known.get(id)).forEach((id) => canvas.addMarker(id, "walked"));
  current.filter((id) => known.get(id)).forEach((id) => canvas.addMarker(id, "current"));
}

// A long diagram fitted whole is unreadable: keep letters legible and put the current step in the middle.
function fit(viewer, current) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport");
  const here = current.map((id) => viewer.get("elementRegistry").get(id)).find(Boolean);
  if (canvas.zoom() >= 0.6) return;
  canvas.zoom(0.6);
  const { inner, outer } = canvas.viewbox();
  const middle = here ? { x: here.x + here.width / 2, y: here.y + here.height / 2 } : { x: inner.x + outer.width / 1.2, y: inner.y + outer.height / 1.2 };
  const box = canvas.viewbox();
  canvas.viewbox({ x: middle.x - box.width / 2, y: middle.y - box.height / 2, width: box.width, height: box.height });
}

function addTools(place, viewer, current) {
  const canvas = viewer.get("canvas");
  const actions = { in: () => canvas.zoom(canvas.zoom() * 1.25), out: () => canvas.zoom(canvas.zoom() / 1.25), whole: () => canvas.zoom("fit-viewport", "auto"), here: () => fit(viewer, current) };
  for (const button of place.parentElement.querySelectorAll("[data-diagram-do]")) {
    button.hidden = false;
    button.addEventListener("click", actions[button.dataset.diagramDo]);
  }
}
