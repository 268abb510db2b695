// The diagrams of a case, one per release and process, drawn once each: ways walked, tokens, loops, marks, and a token that walks.
// The watermark of bpmn.io stays visible: its licence asks for it.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { h } from "./player-dom.js";

const MARKS = ["way", "walked", "current", "play-now", "play-cancelled", "play-act", "play-found"];
const STILL = window.matchMedia("(prefers-reduced-motion: reduce)");

export class Canvases {
  constructor(place, load) {
    this.place = place;
    this.load = load;
    this.known = new Map();
    this.shown = null;
  }

  // The diagram of a release and process, brought to the front; null where it cannot be drawn.
  async show(release, process) {
    const key = `${release}|${process}`;
    this.wanted = key;
    if (!this.known.has(key)) this.known.set(key, this.draw(release, process));
    const canvas = await this.known.get(key);
    if (this.wanted !== key) return canvas;
    for (const other of this.place.querySelectorAll(".play-sheet")) other.hidden = other !== canvas?.sheet;
    this.place.classList.toggle("play-failed", !canvas);
    this.shown = canvas;
    if (canvas && !canvas.fitted) canvas.whole();
    return canvas;
  }

  async draw(release, process) {
    const sheet = h("div", { class: "play-sheet" });
    try {
      const xml = await this.load(release, process);
      this.place.append(sheet);
      for (const other of this.place.querySelectorAll(".play-sheet")) other.hidden = other !== sheet;
      const viewer = new NavigatedViewer({ container: sheet });
      await viewer.importXML(xml);
      const plane = viewer.get("canvas");
      const root = viewer.get("elementRegistry").get(`${process}_plane`);
      if (root) plane.setRootElement(root);
      return new Canvas(sheet, viewer);
    } catch (error) {
      sheet.remove();
      return null;
    }
  }
}

class Canvas {
  constructor(sheet, viewer) {
    this.sheet = sheet;
    this.canvas = viewer.get("canvas");
    this.elements = viewer.get("elementRegistry");
    this.overlays = viewer.get("overlays");
    this.fitted = false;
  }

  has(id) {
    return Boolean(this.elements.get(id));
  }

  whole() {
    this.fitted = true;
    this.canvas.resized();
    this.canvas.zoom("fit-viewport", "auto");
    if (this.canvas.zoom() < 0.45) this.canvas.zoom(0.45);
  }

  zoom(factor) {
    this.canvas.zoom(this.canvas.zoom() * factor);
  }

  // Brings an element into the middle when it is not to be seen as a whole.
  bring(id, always = false) {
    const at = this.elements.get(id);
    if (!at || at.waypoints) return;
    const box = this.canvas.viewbox(), gap = 20;
    const inside = at.x >= box.x + gap && at.y >= box.y + gap && at.x + at.width <= box.x + box.width - gap && at.y + at.height <= box.y + box.height - gap;
    if (inside && !always) return;
    this.canvas.viewbox({ x: at.x + at.width / 2 - box.width / 2, y: at.y + at.height / 2 - box.height / 2, width: box.width, height: box.height });
  }

  paint(scene) {
    this.elements.getAll().forEach((element) => MARKS.forEach((mark) => this.canvas.removeMarker(element, mark)));
    this.elements.filter((element) => element.waypoints).forEach((element) => this.canvas.addMarker(element, "way"));
    const tokens = new Set(scene.tokens);
    this.mark(scene.walked.filter((id) => !tokens.has(id)), "walked");
    this.mark(scene.now, "play-now");
    this.mark(scene.cancelled, "play-cancelled");
    this.mark(scene.tokens, "current");
    this.mark(scene.acts, "play-act");
    this.mark(scene.found.map((one) => one.element), "play-found");
    this.badge(scene);
  }

  mark(ids, mark) {
    ids.filter((id) => this.has(id)).forEach((id) => this.canvas.addMarker(id, mark));
  }

  badge(scene) {
    this.overlays.clear();
    for (const [id, times] of Object.entries(scene.loops)) this.put(id, h("span", { class: "play-loop" }, `×${times}`), { top: -12, right: 14 });
    for (const one of scene.found) this.put(one.element, h("span", { class: `play-sign play-sign-${one.severity}`, title: one.words }, "!"), { top: -12, left: -8 });
    for (const id of scene.acts) this.put(id, h("span", { class: "play-sign play-sign-act", title: scene.actWords }, "▪"), { bottom: 8, left: -8 });
  }

  put(id, html, position) {
    if (this.has(id) && !this.elements.get(id).waypoints) this.overlays.add(id, { position, html });
  }

  // A token walks the flows, those out of one gateway side by side; resolves when it is there. `alive` ends it early.
  async walk(flows, each, alive) {
    if (STILL.matches || document.hidden) return;
    for (const group of together(flows.map((id) => this.elements.get(id)).filter((flow) => flow?.waypoints))) {
      if (!alive()) return;
      await this.run(group, each, alive);
    }
  }

  run(flows, duration, alive) {
    const layer = this.canvas.getLayer("play-token", 1000);
    const walks = flows.map((flow) => {
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path"), dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
      path.setAttribute("d", flow.waypoints.map(({ x, y }, place) => `${place ? "L" : "M"}${x} ${y}`).join(""));
      path.setAttribute("class", "play-path");
      dot.setAttribute("r", "9");
      dot.setAttribute("class", "play-dot");
      layer.append(path, dot);
      return { path, dot, length: path.getTotalLength() };
    });
    return new Promise((resolve) => {
      const began = performance.now();
      const step = (now) => {
        const part = Math.min(1, (now - began) / duration);
        for (const { path, dot, length } of walks) {
          const { x, y } = path.getPointAtLength(length * part);
          dot.setAttribute("cx", x);
          dot.setAttribute("cy", y);
        }
        if (part < 1 && alive()) return requestAnimationFrame(step);
        walks.forEach(({ path, dot }) => { path.remove(); dot.remove(); });
        resolve();
      };
      requestAnimationFrame(step);
    });
  }
}

function together(flows) {
  const groups = [];
  for (const flow of flows) {
    const last = groups[groups.length - 1];
    if (last && last[0].source === flow.source) last.push(flow);
    else groups.push([flow]);
  }
  return groups;
}
