// A code table as a grid: cells are typed in, rows added, moved, taken away; Excel out and in. The text behind it is what is saved.
import { ask, autosave } from "./api.js";
import { element, word } from "./form-dialog.js";
import { openText } from "./text.js";

const KEYS = ["path", "code", "name", "name_en", "valid_from", "valid_to"];
const STEP = 200; // rows drawn at once: a table of 5,000 entries must not stop the page

export async function openCodes() {
  const place = document.getElementById("codes-editor"), may = place.dataset.may === "1", body = place.querySelector("tbody"), saved = document.getElementById("saved"), fault = document.getElementById("codes-fault");
  const labels = [...place.querySelectorAll("thead th[data-key]")].map((one) => one.textContent.trim());
  let rows = [], text = await (await fetch(place.dataset.content, { headers: { Accept: "text/plain" } })).text(), most = STEP, past = [], ahead = [], timer = 0;
  const saver = autosave(place.dataset.content, Number(place.dataset.version), () => text, (state, detail) => {
    saved.textContent = word(state);
    if (state === "conflict") conflict(detail.answer);
  });
  const yaml = openText(document.getElementById("yaml"), { text, language: "yaml", readOnly: true, label: "YAML" });

  async function read(newer) {
    const found = await ask(place.dataset.text, { method: "POST", json: { text: newer } });
    ({ text, rows } = found);
    yaml.setText(text);
    draw();
  }

  // The rows become text; what cannot be one is said and the text stays as it was.
  async function keep() {
    try {
      const before = text, found = await ask(place.dataset.text, { method: "POST", json: { text, rows } });
      fault.textContent = "";
      if (found.text === before) return;
      past.push(before); ahead = [];
      text = found.text;
      yaml.setText(text);
      saver.changed();
    } catch (error) { fault.textContent = error.message; }
    buttons();
  }

  function draw() {
    const needle = document.getElementById("codes-find").value.trim();
    const shown = rows.map((row, number) => [row, number]).filter(([row]) => !needle || KEYS.some((key) => row[key].includes(needle)));
    body.replaceChildren(...shown.slice(0, most).map(([row, number]) => line(row, number)));
    document.getElementById("codes-count").textContent = `${shown.length}/${rows.length}`;
    document.getElementById("codes-more").hidden = shown.length <= most;
    buttons();
  }

  function line(row, number) {
    const made = element("tr", {}, element("td", { className: "number", textContent: number + 1 }));
    KEYS.forEach((key, place) => {
      const input = element("input", { className: "form-control", value: row[key], disabled: !may, autocomplete: "off", id: `c-${number}-${key}` });
      if (key.startsWith("valid")) input.placeholder = "2026-03-02";
      input.setAttribute("aria-label", `${labels[place]} ${number + 1}`);
      input.onchange = () => { row[key] = input.value; keep(); };
      input.onkeydown = (event) => {
        const next = { ArrowDown: number + 1, Enter: number + 1, ArrowUp: number - 1 }[event.key];
        if (next !== undefined) { event.preventDefault(); input.blur(); document.getElementById(`c-${next}-${key}`)?.focus(); }
      };
      made.append(element("td", {}, input));
    });
    if (may) made.append(element("td", { className: "nowrap" }, ...[["↑", "up", () => swap(number, -1), number === 0], ["↓", "down", () => swap(number, 1), number === rows.length - 1], ["+", "add", () => insert(number + 1), false], ["×", "remove", () => drop(number), rows.length === 1]].map(([sign, label, run, off]) => {
      const button = element("button", { type: "button", className: "linkish", textContent: sign, title: word(label), disabled: off, id: `c-${number}-${label}` });
      button.setAttribute("aria-label", `${word(label)} ${word("item", { n: number + 1 })}`);
      button.onclick = run;
      return button;
    })));
    return made;
  }

  // An entry goes with everything below it, past the nearest one that has the same entry above it.
  const own = (row) => (row.path ? `${row.path}/${row.code}` : row.code);
  const size = (number) => { let end = number + 1; while (end < rows.length && (rows[end].path === own(rows[number]) || rows[end].path.startsWith(`${own(rows[number])}/`))) end++; return end - number; };
  function swap(number, by) {
    const like = rows.map((row, place) => [row, place]).filter(([row]) => row.path === rows[number].path).map(([, place]) => place);
    const other = like[like.indexOf(number) + by];
    if (other === undefined) return;
    const [first, second] = by < 0 ? [other, number] : [number, other], held = rows.splice(first, size(first));
    rows.splice(first + size(second - held.length), 0, ...held);
    draw(); keep();
    document.getElementById(`c-${by < 0 ? first : first + size(first)}-${by < 0 ? "up" : "down"}`)?.focus();
  }
  function insert(number) {
    const above = rows[number - 1] ?? { path: "" };
    rows.splice(number - 1 + (rows.length ? size(number - 1) : 1), 0, { path: above.path, code: "", name: "", name_en: "", valid_from: "", valid_to: "" });
    const place = number - 1 + (rows.length > 1 ? size(number - 1) : 0);
    most = Math.max(most, place + 1);
    draw();
    document.getElementById(`c-${place}-code`)?.focus();
  }
  function drop(number) { rows.splice(number, size(number)); draw(); keep(); }
  function sort() {
    const below = (path) => rows.filter((row) => row.path === path).sort((a, b) => a.code.localeCompare(b.code, "zh-CN", { numeric: true })).flatMap((row) => [row, ...below(own(row))]);
    rows = below("");
    draw(); keep();
  }
  function buttons() {
    for (const button of document.querySelectorAll("[data-code]")) button.disabled = !may || { undo: !past.length, redo: !ahead.length }[button.dataset.code] === true;
  }
  async function back(from, to) {
    if (!from.length) return;
    to.push(text);
    await read(from.pop());
    saver.changed();
  }
  function conflict({ by, theirs, version }) {
    const box = document.getElementById("conflict");
    box.replaceChildren(element("p", { textContent: word("conflict", { by }) }), ...[["takeTheirs", theirs], ["takeMine", text]].map(([label, chosen]) => {
      const button = element("button", { type: "button", className: "btn me-2", textContent: word(label) });
      button.onclick = async () => { box.hidden = true; await read(chosen ?? ""); saver.take(version); };
      return button;
    }));
    box.hidden = false;
    box.querySelector("button").focus();
  }

  const acts = { add: () => insert(rows.length), sort, undo: () => back(past, ahead), redo: () => back(ahead, past) };
  document.addEventListener("click", (event) => { const act = event.target.closest?.("[data-code]")?.dataset.code; if (act) acts[act]?.(); });
  document.getElementById("codes-find").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(draw, 200); });
  document.getElementById("codes-more").onclick = () => { most += STEP; draw(); };
  document.getElementById("codes-sheet")?.addEventListener("change", async (event) => {
    const data = new FormData();
    data.append("sheet", event.target.files[0]);
    try { ({ rows } = await ask(place.dataset.book, { method: "POST", body: data })); draw(); await keep(); } catch (error) { fault.textContent = error.message; }
    event.target.value = "";
  });
  try { await read(text); } catch (error) { fault.textContent = error.message; }
}
