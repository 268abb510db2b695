// The form editor: structure, settings, preview and text of one form. The text is the truth: a click asks the service for the
// text with that change, and whatever changes the text redraws the rest. One line of undoing serves clicks and typing alike.
import { ask, autosave } from "./api.js";
import { openCodes } from "./form-codes.js";
import { confirmed, word } from "./form-dialog.js";
import { openPreview } from "./form-preview.js";
import { drawProperties } from "./form-properties.js";
import { drawTree } from "./form-tree.js";
import { addition, at, copied, followed, labelOf, moved, unwritten } from "./form-changes.js";
import { openText } from "./text.js";

const place = document.getElementById("form-editor");
if (place) open();
if (document.getElementById("codes-editor")) openCodes();

async function open() {
  const said = (name) => JSON.parse(document.getElementById(name).textContent);
  const bench = { place, language: said("language"), known: said("known"), may: place.dataset.may === "1", key: place.dataset.key, values: null, lines: {}, problems: [], selected: [], shifts: [], drawn: null, uses: {} };
  const first = await (await fetch(place.dataset.content, { headers: { Accept: "text/plain" } })).text();
  const saved = document.getElementById("saved");
  const preview = openPreview(place.dataset.preview);
  bench.yaml = openText(document.getElementById("yaml"), { text: first, language: "yaml", readOnly: !bench.may, label: `YAML ${bench.key}`, onChange: typed });
  const saver = autosave(place.dataset.content, Number(place.dataset.version), () => bench.yaml.text(), tell);
  if (!bench.may) saved.textContent = word("readOnly");
  let queue = Promise.resolve(), timer = 0, asking = 0;
  addEventListener("beforeunload", (event) => { if (unwritten.size || asking) event.preventDefault(); });

  function typed() {
    saver.changed();
    buttons();
    clearTimeout(timer);
    timer = setTimeout(() => read(), 450);
  }

  function tell(state, detail) {
    saved.textContent = word(state) + (state === "saved" ? ` ${new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false })}` : "");
    saved.dataset.state = state;
    if (state === "saved") { preview.again(); useless(); }
    if (state === "conflict") conflict(detail.answer);
  }

  // The structure of the text as it is now; an answer that comes after further typing is let go.
  async function read() {
    const text = bench.yaml.text();
    try {
      const found = await ask(place.dataset.edit, { method: "POST", json: { text, edits: [] } });
      if (bench.yaml.text() === text) take(found);
    } catch (error) { if (error.status) saved.textContent = error.message; }
  }

  function take({ values, lines, problems }, redraw = true) {
    bench.problems = problems;
    bench.yaml.showProblems(problems);
    if (values && typeof values === "object") {
      Object.assign(bench, { values, lines });
      if (at(values, bench.selected) === undefined) bench.selected = bench.selected.slice(0, 2).filter(() => at(values, bench.selected.slice(0, 2)) !== undefined);
    }
    draw(redraw, values === null);
  }

  function draw(redraw, broken) {
    drawTree(bench, { select, drag: (from, to) => change([{ op: "move", path: from, to }], to) });
    bench.stale ||= redraw || bench.selected.join("/") !== bench.drawn;
    if (bench.stale && !unwritten.size) { bench.stale = false; bench.drawn = bench.selected.join("/"); drawProperties(bench, actions); }
    else if (!bench.stale) drawProperties.faults?.();
    drawProblems(bench, broken);
    buttons();
  }

  function select(path) {
    bench.selected = path;
    draw(true, false);
  }

  // Changes by clicking, one after another. Their paths are as they were after `since` shifts, when the part was drawn: what was
  // added, moved or removed meanwhile is followed. `chosen` is selected afterwards, unless the analyst has chosen otherwise by then.
  function change(edits, chosen = null, redraw = true, since = bench.shifts.length) {
    const before = bench.selected;
    asking += 1;
    tell("waiting");
    queue = queue.then(async () => {
      try {
        const led = edits.map((one) => ({ ...one, path: followed(one.path, bench.shifts.slice(since)) })).filter((one) => one.path);
        const found = led.length ? await edited(led) : null;
        if (!found) return;
        bench.yaml.setText(found.text);
        bench.shifts.push(...led);
        bench.selected = chosen && bench.selected === before ? chosen : followed(bench.selected, led) ?? led[0].path.slice(0, -2);
        saver.changed();
        take(found, redraw);
      } catch (error) {
        saved.textContent = error.message;
        saved.dataset.state = "failed";
        draw(true, false);
      } finally { asking -= 1; }
    });
    return queue;
  }

  // The text with the edits; asked again when somebody typed in the text meanwhile.
  async function edited(edits) {
    for (;;) {
      const text = bench.yaml.text(), found = await ask(place.dataset.edit, { method: "POST", json: { text, edits } });
      if (bench.yaml.text() === text) return found;
    }
  }

  async function useless() {
    try { bench.uses = (await ask(place.dataset.uses)).uses; drawProperties.uses?.(); } catch { /* the next saving asks again */ }
  }

  async function conflict({ by, theirs, version }) {
    const box = document.getElementById("conflict");
    box.replaceChildren(Object.assign(document.createElement("p"), { textContent: word("conflict", { by }) }));
    const both = box.appendChild(Object.assign(document.createElement("div"), { className: "form-conflict" }));
    for (const [label, text] of [["showTheirs", theirs ?? ""], ["showMine", bench.yaml.text()]]) {
      const one = both.appendChild(document.createElement("div"));
      one.append(Object.assign(document.createElement("h3"), { textContent: word(label) }), document.createElement("div"));
      one.lastChild.className = "form-conflict-text";
      openText(one.lastChild, { text, language: "yaml", readOnly: true, label: word(label) });
    }
    for (const [label, mine] of [["takeTheirs", false], ["takeMine", true]]) {
      const button = box.appendChild(Object.assign(document.createElement("button"), { type: "button", className: "btn me-2", textContent: word(label) }));
      button.onclick = () => { box.hidden = true; if (!mine) bench.yaml.setText(theirs ?? ""); saver.take(version); read(); };
    }
    box.hidden = false;
    box.querySelector("button").focus();
  }

  async function remove() {
    const path = bench.selected, value = at(bench.values, path);
    if (path.length < 2 || !value) return;
    const uses = usesOf(bench, path);
    if (uses.length && !(await confirmed(word("removeTitle", { label: labelOf(value) }), useList(uses), word("removeDo"), word("removeUsed", { label: labelOf(value) }), word("removeHint")))) return;
    await change([{ op: "remove", path }], path.slice(0, -2));
  }

  const actions = { change, usesOf: (path) => usesOf(bench, path), saved: () => saver.now(), say: (text) => { saved.textContent = text; } };
  const acts = {
    undo: () => bench.yaml.undo(), redo: () => bench.yaml.redo(), remove,
    up: () => step(-1), down: () => step(1),
    copy: () => { const made = copied(bench); if (made) change([made], made.path); },
    "add-section": () => add("section"), "add-field": () => add("field"), "add-column": () => add("column"),
  };
  function add(what) { const made = addition(bench, what); if (made) change([made], made.path).then(() => document.querySelector("#properties input")?.select()); }
  function step(by) { const to = moved(bench, by); if (to) change([{ op: "move", path: bench.selected, to }], to); }

  function buttons() {
    const deep = bench.selected.length;
    const able = { undo: bench.yaml.canUndo(), redo: bench.yaml.canRedo(), remove: deep > 1, copy: deep > 1, up: Boolean(moved(bench, -1)), down: Boolean(moved(bench, 1)) };
    for (const button of document.querySelectorAll("[data-act]")) {
      const act = button.dataset.act;
      button.disabled = !bench.may || !bench.values || able[act] === false;
      if (act === "add-column") button.hidden = !inTable(bench);
    }
  }

  document.addEventListener("click", (event) => { const act = event.target.closest?.("[data-act]")?.dataset.act; if (act && acts[act]) acts[act](); });
  document.getElementById("structure").addEventListener("keydown", (event) => {
    const act = event.altKey ? { ArrowUp: "up", ArrowDown: "down" }[event.key] : { Delete: "remove" }[event.key];
    if (act && bench.may) { event.preventDefault(); acts[act](); return; }
    const all = [...event.currentTarget.querySelectorAll(".form-node")], now = all.indexOf(document.activeElement);
    const next = { ArrowDown: all[now + 1], ArrowUp: all[now - 1], Home: all[0], End: all.at(-1) }[event.key];
    if (next && !event.altKey) { event.preventDefault(); next.focus(); }
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, .form-yaml, .form-cel");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) { event.preventDefault(); acts[event.shiftKey ? "redo" : "undo"](); }
  });
  tabs();
  await read();
  const wanted = decodeURIComponent(location.hash.slice(1)), found = wanted && pathOf(bench, wanted);
  if (found) select(found);
  useless();

  function tabs() {
    const all = [...document.querySelectorAll(".form-tabs [role=tab]")];
    const show = (tab) => { for (const one of all) { const on = one === tab; one.setAttribute("aria-selected", on); one.tabIndex = on ? 0 : -1; document.getElementById(one.getAttribute("aria-controls")).hidden = !on; } if (tab.id === "tab-text") bench.yaml.view.requestMeasure(); };
    for (const tab of all) {
      tab.onclick = () => show(tab);
      tab.onkeydown = (event) => { if (["ArrowLeft", "ArrowRight"].includes(event.key)) { const other = all[(all.indexOf(tab) + 1) % all.length]; show(other); other.focus(); } };
    }
    bench.showText = (line, column = 1) => { show(all[1]); bench.yaml.goTo(line, column); };
  }
}

// The path of the part that has this key: what links from findings and diagrams name.
function pathOf(bench, key) {
  const paths = Object.keys(bench.lines).map((one) => one.split("/").map((step) => (/^\d+$/.test(step) ? Number(step) : step)));
  return paths.find((path) => at(bench.values, path)?.key === key);
}

const inTable = (bench) => { for (let path = bench.selected; path.length; path = path.slice(0, -1)) if (at(bench.values, path)?.type === "table") return true; return false; };

function usesOf(bench, path) {
  const value = at(bench.values, path);
  if (!value?.key || path.length < 4) return [];
  const table = path.length > 4 ? at(bench.values, path.slice(0, 4)) : null;
  return bench.uses[table?.key && table !== value ? `${table.key}.${value.key}` : value.key] ?? [];
}

export function useList(uses) {
  const list = Object.assign(document.createElement("ul"), { className: "form-uses" });
  const seen = new Set();
  for (const { what, file, url } of uses) {
    const text = `${what}（${file.split("/").at(-1)}）`;
    if (seen.has(text)) continue;
    seen.add(text);
    const item = list.appendChild(document.createElement("li"));
    if (url) item.append(Object.assign(document.createElement("a"), { href: url, textContent: text }));
    else item.textContent = text;
  }
  return list;
}

function drawProblems(bench, broken) {
  const box = document.getElementById("problems");
  box.replaceChildren();
  if (broken) box.append(Object.assign(document.createElement("p"), { className: "fault", textContent: word("broken") }));
  if (!bench.problems.length) return;
  const list = box.appendChild(document.createElement("ul"));
  for (const one of bench.problems) {
    const item = list.appendChild(document.createElement("li"));
    item.className = one.severity === "error" ? "fault" : "form-warning";
    item.append(one.line ? `${word("line", { n: one.line })}：${one.message} ` : `${one.message} `);
    if (!one.line) continue;
    const button = item.appendChild(Object.assign(document.createElement("button"), { type: "button", className: "linkish", textContent: word("goTo") }));
    button.onclick = () => bench.showText(one.line);
  }
}
