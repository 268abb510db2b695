// A diagram with what was walked: strong ways, the current step, and on wish what no scenario walks. Used by walks and by the desk of scenarios.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const MARKS = ["walked", "current", "uncovered", "way"];

export async function drawDiagram(place, address) {
  const xml = await fetch(address).then((answer) => { if (!answer.ok) throw new Error(answer.statusText); return answer.text(); });
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(xml);
  nameDrawing(place, place.getAttribute("aria-label"));
  const canvas = viewer.get("canvas"), known = viewer.get("elementRegistry");
  const has = (id) => known.get(id);
  return {
    destroy: () => viewer.destroy(),
    has: (ids) => ids.some(has),
    paint({ walked = [], current = [], missing = [] }) {
      known.getAll().forEach((element) => MARKS.forEach((mark) => canvas.removeMarker(element, mark)));
      known.filter((element) => element.waypoints).forEach((element) => canvas.addMarker(element, "way"));
      const now = new Set(current);
      walked.filter((id) => has(id) && !now.has(id)).forEach((id) => canvas.addMarker(id, "walked"));
      missing.filter(has).forEach((id) => canvas.addMarker(id, "uncovered"));
      current.filter(has).forEach((id) => canvas.addMarker(id, "current"));
    },
    // A long diagram fitted whole is unreadable: letters stay legible and the current step comes into the middle.
    show(current = []) {
      canvas.zoom("fit-viewport");
      const here = current.map(has).find(Boolean);
      if (canvas.zoom() >= 0.6) return;
      canvas.zoom(0.6);
      const box = canvas.viewbox();
      const at = here ? { x: here.x + here.width / 2, y: here.y + here.height / 2 } : { x: box.inner.x + box.width / 2, y: box.inner.y + box.height / 2 };
      canvas.viewbox({ x: at.x - box.width / 2, y: at.y - box.height / 2, width: box.width, height: box.height });
    },
    zoom: (how) => (how === "whole" ? canvas.zoom("fit-viewport", "auto") : canvas.zoom(canvas.zoom() * (how === "in" ? 1.25 : 0.8))),
  };
}

// The drawing takes the focus (arrow keys move it), so that it has to say what it is.
export function nameDrawing(place, name) {
  const drawing = place.querySelector("svg[tabindex]");
  drawing?.setAttribute("role", "img");
  if (name) drawing?.setAttribute("aria-label", name);
}
