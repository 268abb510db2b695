// The player: a case played back event by event from its track (docs/audit/track.md). It knows no address of the service, so that an
// audit pack brings the same file along: what it cannot know (diagrams, forms, other cases) comes from the functions it is given.
import { Canvases } from "./player-canvas.js";
import { h, icon, put, time } from "./player-dom.js";
import { Panel, title } from "./player-panel.js";

const SPEEDS = [0.5, 1, 2, 4, 8];
const PAUSE = 1500; // ms on a frame at normal speed
const WALK = 550; // ms of a token on one flow at normal speed

// options: diagram(release, process) -> Promise<xml>; detail(seq) -> Promise<html>, optional (showsFiles: its materials are in it, the panel
// need not list them); other(link, frame) -> address or null, optional;
// start: number of the first frame to show, optional; moved(seq): told of each frame that is shown, optional.
export function mountPlayer(root, track, options) {
  return new Player(root, track, options);
}

class Player {
  constructor(root, track, options) {
    Object.assign(this, { root, track, options, frames: track.frames, words: track.labels, at: -1, speed: 1, run: 0, playing: false });
    this.found = (track.findings || []).filter((one) => !one.dismissed);
    if (!this.frames.length) {
      root.replaceChildren(h("p", { class: "play-quiet" }, this.words.empty));
      return;
    }
    this.build();
    this.go(this.place(options.start));
  }

  // -- what stands on the page

  build() {
    const w = this.words;
    this.sheet = h("div", { class: "play-canvas diagram bio-theme-parent", role: "group", "aria-label": w.diagram });
    this.crumb = h("nav", { class: "play-crumb", "aria-label": w.diagram.split("；")[0] });
    this.caption = h("p", { class: "play-caption", "aria-live": "polite", role: "status" });
    this.detail = h("div", { class: "play-detail" });
    this.steps = h("ol", { class: "play-steps" });
    this.canvases = new Canvases(this.sheet, this.options.diagram);
    this.panel = new Panel(this.detail, this.track, this.options, (release, process) => this.turn(release, process));
    this.root.classList.add("play");
    this.root.replaceChildren(
      h("div", { class: "play-stage" }, h("div", { class: "play-top" }, this.crumb, this.zooms()), this.sheet, h("p", { class: "play-quiet play-undrawn" }, w.noDiagram), this.bar(), this.caption, this.help()),
      h("section", { class: "play-box", "aria-labelledby": "play-title" }, this.detail),
      h("section", { class: "play-box play-side", "aria-labelledby": "play-steps-title" }, h("header", {}, h("h2", { id: "play-steps-title" }, `${w.steps}（${this.frames.length}）`), this.filter()), this.steps, this.nothing = h("p", { class: "play-quiet", hidden: true }, w.none)));
    this.list();
    document.addEventListener("keydown", (event) => this.key(event));
  }

  zooms() {
    const actions = { here: () => this.bring(true), whole: () => this.canvases.shown?.whole(), in: () => this.canvases.shown?.zoom(1.25), out: () => this.canvases.shown?.zoom(0.8) };
    return h("span", { class: "play-zoom" }, Object.entries(actions).map(([name, act]) => this.button(name, act)));
  }

  button(name, act, more = {}) {
    return h("button", { type: "button", class: "play-button", "aria-label": this.words[name], title: this.words[name], onclick: act, ...more }, icon(name));
  }

  bar() {
    const w = this.words;
    this.toggle = this.button("play", () => this.playOrPause(), { class: "play-button play-main" });
    this.slider = h("input", { type: "range", class: "play-slider", min: 1, max: this.frames.length, step: 1, "aria-label": w.position, oninput: (event) => this.go(Number(event.target.value) - 1) });
    this.count = h("span", { class: "play-count" });
    this.pace = h("select", { class: "play-select", "aria-label": w.speed, onchange: (event) => this.setSpeed(Number(event.target.value)) }, SPEEDS.map((speed) => h("option", { value: speed, selected: speed === 1 }, `${speed}×`)));
    this.asks = this.button("keys", () => this.showHelp(), { "aria-expanded": "false", "aria-controls": "play-help" });
    return h("div", { class: "play-bar", role: "group", "aria-label": w.player },
      this.button("first", () => this.go(0)), this.button("previous", () => this.step(-1)), this.toggle, this.button("next", () => this.step(1)), this.button("last", () => this.go(this.frames.length - 1)),
      this.slider, this.count, this.pace, this.asks);
  }

  help() {
    const w = this.words;
    return this.helping = h("div", { class: "play-help", id: "play-help", hidden: true, role: "note" }, h("h3", {}, w.keys), h("ul", {}, ["keySpace", "keyArrows", "keyEnds", "keySpeed", "keyHelp"].map((key) => h("li", {}, w[key]))));
  }

  filter() {
    const w = this.words, offered = ["all", "people", "acts", ...(this.found.length ? ["marked"] : [])];
    return h("label", { class: "play-filter" }, h("span", { class: "visually-hidden" }, w.show), h("select", { class: "play-select", onchange: (event) => this.narrow(event.target.value) }, offered.map((key) => h("option", { value: key }, w[key]))));
  }

  list() {
    const marked = new Map(this.found.map((one) => [one.seq, one]));
    this.rows = this.frames.map((frame) => h("li", { class: frame.administrative ? "play-act-row" : null },
      h("a", { href: `#${frame.seq}`, onclick: (event) => { event.preventDefault(); this.go(this.frames.indexOf(frame)); } },
        h("span", { class: "play-number" }, frame.seq), h("span", { class: "play-what" }, h("b", {}, title(frame)), marked.has(frame.seq) && h("span", { class: `play-sign play-sign-${marked.get(frame.seq).severity}`, title: marked.get(frame.seq).words }, "!"),
          h("span", { class: "play-sub" }, `${frame.kind_label === title(frame) ? "" : `${frame.kind_label} · `}${frame.who}${frame.who_for ? `（${put(this.words.for, frame.who_for)}）` : ""} · ${time(frame.at).slice(0, 16)}`)))));
    this.steps.replaceChildren(...this.rows);
  }

  narrow(kind) {
    const wanted = { all: () => true, people: (frame) => ["start", "complete", "message"].includes(frame.kind) && frame.who_id !== "system" || frame.administrative, acts: (frame) => frame.administrative,
      marked: (frame) => this.found.some((one) => one.seq === frame.seq) }[kind];
    this.frames.forEach((frame, place) => { this.rows[place].hidden = !wanted(frame); });
    this.nothing.hidden = this.frames.some(wanted);
  }

  // -- where it is

  place(seq) {
    return Math.max(0, this.frames.findIndex((frame) => frame.seq === Number(seq)));
  }

  step(by) {
    this.pause();
    this.go(this.at + by, { walks: by > 0 });
  }

  async go(to, { walks = false, plays = false } = {}) {
    const next = Math.min(Math.max(to, 0), this.frames.length - 1);
    if (!plays) this.pause();
    const run = ++this.run, frame = this.frames[next];
    this.at = next;
    this.tell(frame);
    const canvas = await this.canvases.show(frame.release, frame.process_id);
    if (run !== this.run) return;
    this.trail(frame);
    if (canvas && walks && next > 0) {
      canvas.paint(this.scene(next - 1));
      canvas.bring(frame.element);
      await canvas.walk(frame.flows, WALK / this.speed, () => run === this.run);
      if (run !== this.run) return;
    }
    canvas?.paint(this.scene(next));
    this.bring();
  }

  tell(frame) {
    this.rows.forEach((row, place) => row.firstChild.toggleAttribute("aria-current", place === this.at));
    const row = this.rows[this.at];
    row.firstChild.setAttribute("aria-current", "step");
    this.steps.scrollTop = row.offsetTop - this.steps.clientHeight / 2;
    this.slider.value = this.at + 1;
    this.slider.setAttribute("aria-valuetext", `${put(this.words.step, frame.seq)}，${title(frame)}`);
    this.count.textContent = `${this.at + 1} / ${this.frames.length}`;
    this.caption.textContent = frame.words;
    this.panel.show(frame);
    this.options.moved?.(frame.seq);
  }

  scene(place) {
    const frame = this.frames[place], walked = new Set();
    for (const earlier of this.frames.slice(0, place + 1)) [...earlier.flows, ...earlier.entered, ...earlier.left].forEach((id) => walked.add(id));
    return {
      walked: [...walked], tokens: frame.tokens, now: frame.flows, cancelled: frame.cancelled, loops: frame.loops, actWords: this.words.administrative,
      acts: frame.administrative ? [...new Set([frame.element, ...(frame.element ? [] : frame.tokens)])].filter(Boolean) : [],
      found: worst(this.found.filter((one) => one.element && one.seq <= frame.seq)),
    };
  }

  bring(always = false) {
    const frame = this.frames[this.at], canvas = this.canvases.shown;
    const here = [...frame.tokens, frame.element].find((id) => canvas?.has(id));
    if (here) canvas.bring(here, always);
  }

  // -- which diagram: the frame's own, with the way to it from above, and others in which tokens rest

  async turn(release, process) {
    this.pause();
    const canvas = await this.canvases.show(release, process);
    canvas?.paint(this.scene(this.at));
    this.bring();
    this.trail(this.frames[this.at], process);
  }

  trail(frame, shown = frame.process_id) {
    const release = this.track.releases.find((one) => one.digest === frame.release), known = new Map(release.diagrams.map((one) => [one.process_id, one]));
    const above = [];
    for (let one = known.get(shown); one && !above.includes(one); one = known.get(one.called_by)) above.unshift(one);
    const others = [...new Set([frame.process_id, ...frame.tokens.map((id) => release.elements[id]?.process_id)])].filter((id) => id && known.has(id) && !above.some((one) => one.process_id === id));
    const to = (one) => h("button", { type: "button", class: "play-textual", "aria-current": one.process_id === shown ? "true" : null, onclick: () => this.turn(frame.release, one.process_id) }, one.name);
    this.crumb.replaceChildren(this.track.releases.length > 1 && h("span", { class: "play-tag" }, put(this.words.release, release.number)) || "", h("ol", {}, above.map((one) => h("li", {}, to(one)))),
      others.length ? h("span", { class: "play-also" }, `${this.words.alsoHere}：`, others.map((id) => to(known.get(id)))) : "");
  }

  // -- playing

  playOrPause() {
    if (this.playing) return this.pause();
    this.playing = true;
    this.face();
    this.play(this.at === this.frames.length - 1 ? 0 : this.at + 1);
  }

  async play(from) {
    for (let next = from; this.playing && next < this.frames.length; next += 1) {
      const began = this.turnOf = {};
      const shown = this.go(next, { walks: true, plays: true });
      await Promise.all([shown, new Promise((done) => setTimeout(done, PAUSE / this.speed))]);
      if (began !== this.turnOf || this.at !== next) return;
    }
    if (this.playing) {
      this.pause();
      this.caption.textContent += this.words.ended;
    }
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.turnOf = null;
    this.face();
  }

  face() {
    const name = this.playing ? "pause" : "play";
    this.toggle.replaceChildren(icon(name));
    this.toggle.setAttribute("aria-label", this.words[name]);
    this.toggle.title = this.words[name];
  }

  setSpeed(speed) {
    this.speed = speed;
    this.pace.value = String(speed);
  }

  showHelp() {
    this.helping.hidden = !this.helping.hidden;
    this.asks.setAttribute("aria-expanded", String(!this.helping.hidden));
  }

  // -- keys: those of fields, lists and buttons stay theirs

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || !this.root.isConnected) return;
    const target = event.target;
    if (target.matches?.("input:not([type=range]), select, textarea, [contenteditable]") || target.closest?.("dialog, .play-scroll")) return;
    const act = this.acts(event.key, target);
    if (!act) return;
    event.preventDefault();
    act();
  }

  acts(key, target) {
    if (key === " ") return target.matches?.("button, a, summary") ? null : () => this.playOrPause();
    const faster = (by) => () => this.setSpeed(SPEEDS[Math.min(Math.max(SPEEDS.indexOf(this.speed) + by, 0), SPEEDS.length - 1)]);
    return { ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), Home: () => this.go(0), End: () => this.go(this.frames.length - 1), "+": faster(1), "=": faster(1), "-": faster(-1), "?": () => this.showHelp(), "？": () => this.showHelp() }[key];
  }
}

// One finding of each element, the gravest.
function worst(found) {
  const grave = ["note", "warn", "serious"];
  return [...new Map([...found].sort((a, b) => grave.indexOf(a.severity) - grave.indexOf(b.severity)).map((one) => [one.element, one])).values()];
}
