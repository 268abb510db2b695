// Which step stands for one that is gone: chosen in the list, or by a click on the new diagram beside the old one.
// The diagrams are read when they are opened; the list stays the truth, so that the keyboard alone is enough.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { nameDrawing } from "./play-canvas.js";

// While a job runs the page is morphed every two seconds: what somebody opened stays open.
window.htmx?.config.morphIgnore.push("open", "data-shown");

document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".moves-diagrams") && target.open && !target.dataset.shown) show(target);
}, true);

async function show(place) {
  place.dataset.shown = "1";
  const select = document.getElementById(place.dataset.select);
  const element = place.closest("[data-question]").dataset.question;
  const [old, fresh] = await Promise.all(["old", "new"].map((side) => draw(place.querySelector(`[data-side=${side}]`), place.dataset[side])));
  mark(old, [element], "moves-here");
  centre(old, element);
  const places = [...select.options].map((option) => option.value).filter(Boolean);
  mark(fresh, places, "moves-place");
  fresh.get("eventBus").on("element.click", ({ element: { id } }) => {
    if (!places.includes(id)) return;
    select.value = id;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  let chosen = "";
  const follow = () => {
    if (chosen) fresh.get("canvas").removeMarker(chosen, "moves-here");
    chosen = fresh.get("elementRegistry").get(select.value) ? select.value : "";
    if (chosen) mark(fresh, [chosen], "moves-here");
  };
  select.addEventListener("change", follow);
  follow();
  centre(fresh, chosen || element);
}

async function draw(canvas, address) {
  const viewer = new NavigatedViewer({ container: canvas });
  await viewer.importXML(await fetch(address).then((answer) => answer.text()));
  nameDrawing(canvas, document.getElementById(canvas.dataset.labelled).textContent);
  return viewer;
}

function mark(viewer, ids, name) {
  for (const id of ids) if (viewer.get("elementRegistry").get(id)) viewer.get("canvas").addMarker(id, name);
}

// The whole where it can be read, else the neighbourhood of the step.
function centre(viewer, id) {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport");
  if (canvas.zoom() >= 0.55) return;
  canvas.zoom(0.55);
  const here = viewer.get("elementRegistry").get(id);
  if (!here) return;
  const box = canvas.viewbox();
  canvas.viewbox({ x: here.x + here.width / 2 - box.width / 2, y: here.y + here.height / 2 - box.height / 2, width: box.width, height: box.height });
}
