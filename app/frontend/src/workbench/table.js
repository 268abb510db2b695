// The editor of decision tables: dmn-js with our words, our three hit policies and CEL in the cells, checked as one works.
import Modeler from "dmn-js/lib/Modeler";
import Viewer from "dmn-js/lib/Viewer";
import { HIT_POLICIES } from "dmn-js-decision-table/lib/features/hit-policy/HitPolicies";
import { ask } from "./api.js";
import { benchOf, keepSaved, opened, said, say } from "./diagram-saving.js";
import { cellCompletion } from "./table-cells.js";
import { missing, tableTranslate } from "./table-words.js";

const place = document.getElementById("bench"), canvas = document.getElementById("canvas");
const RUNS = ["UNIQUE", "FIRST", "COLLECT"]; // what the engine does
const begun = performance.now();
start(benchOf(place));

async function start(bench) {
  const [file, words] = await Promise.all([opened(bench), ask(`${bench.base}/vocabulary.json`)]);
  bench.words = words;
  keepPolicies(file.text);
  const modeler = editor(bench);
  if (!await show(modeler, file.text)) return;
  canvas.querySelector(".drawer-wait")?.remove();
  decisions(modeler);
  buttons(modeler);
  cellCompletion(canvas, bench);
  const marks = cellMarks(bench, modeler);
  marks.refresh();
  if (bench.mayEdit) keep(bench, modeler, file.version, marks);
  canvas.dataset.ready = String(Math.round(performance.now() - begun));
  window.pingshenTable = { modeler, missing };
}

function editor(bench) {
  const cel = { options: [{ value: "cel", label: "CEL" }], defaults: { editor: "cel", inputCell: "cel", outputCell: "cel" } };
  const shared = { additionalModules: [tableTranslate(bench.language)], expressionLanguages: cel };
  const Kind = bench.mayEdit ? Modeler : Viewer;
  return new Kind({ container: canvas, common: { expressionLanguages: cel, dataTypes: ["string", "boolean", "integer", "number", "date"] }, decisionTable: shared, drd: shared, literalExpression: shared });
}

// Policies that the engine does not know are offered only where a file has one already: it must be seen to be changed.
function keepPolicies(text) {
  const written = /hitPolicy="([^"]+)"/.exec(text)?.[1];
  const kept = HIT_POLICIES.filter(({ value }) => (RUNS.includes(value.hitPolicy) && !value.aggregation) || (value.hitPolicy === written && (!RUNS.includes(written) || text.includes("aggregation="))));
  HIT_POLICIES.splice(0, HIT_POLICIES.length, ...kept);
}

async function show(modeler, text) {
  try {
    await modeler.importXML(text);
    const table = modeler.getViews().find((view) => view.type === "decisionTable");
    if (table) await modeler.open(table);
    return true;
  } catch (error) {
    canvas.querySelector(".drawer-wait").textContent = say("broken", { why: error.message.split("\n")[0] });
    return false;
  }
}

// A file with several tables: a button for each.
function decisions(modeler) {
  const views = modeler.getViews().filter((view) => view.type === "decisionTable"), bar = document.getElementById("decisions");
  bar.hidden = views.length < 2;
  bar.replaceChildren(...views.map((view) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: view.element.name || view.element.id });
    button.addEventListener("click", () => modeler.open(view));
    return button;
  }));
}

function buttons(modeler) {
  const act = (name, ...given) => { const active = modeler.getActiveViewer(); active?.get("editorActions").trigger(name, ...given); };
  const deeds = { undo: () => act("undo"), redo: () => act("redo"), rule: () => act("addRule"), input: () => act("addInput"), output: () => act("addOutput") };
  for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => deeds[button.dataset.do]());
}

function keep(bench, modeler, version, marks) {
  const content = async () => (await modeler.saveXML({ format: true })).xml;
  const keeper = keepSaved({ bench, version, content, saved: () => marks.refresh(), open: (text) => show(modeler, text) });
  const watched = new WeakSet();
  const follow = () => {
    const active = modeler.getActiveViewer();
    if (!active || watched.has(active)) return;
    watched.add(active);
    active.get("simpleMode", false)?._providers.splice(0); // its dialogs write FEEL, our cells are CEL
    active.on("commandStack.changed", ({ trigger }) => { if (trigger !== "clear") keeper.changed(); });
    active.on(["elements.changed", "selection.changed"], marks.draw);
  };
  modeler.on("views.changed", follow);
  follow();
}

// The linter's word on every cell, on the cell itself and in the list; below them gaps and overlaps with an example.
function cellMarks(bench, modeler) {
  const list = document.getElementById("findings"), count = document.getElementById("findings-count");
  let faults = [];

  async function refresh() {
    const [cells, findings] = await Promise.all([ask(`${bench.base}/cells.json?path=${encodeURIComponent(bench.path)}`).catch(() => ({ cells: [] })), ask(`${bench.home}/findings.json`).catch(() => ({ findings: [] }))]);
    faults = cells.cells;
    const rules = new Set(faults.map((one) => one.rule));
    const others = (findings.findings ?? findings).filter((one) => one.file === bench.path && !rules.has(one.element) && !/^table-(gap|overlap|row)/.test(one.code));
    count.textContent = faults.length + others.length ? String(faults.length + others.length) : "";
    list.replaceChildren(...(faults.length + others.length ? [...faults.map(cellRow), ...others.map((one) => row(one.severity, said.whole_file, one.message))] : [Object.assign(document.createElement("li"), { className: "finding-none", textContent: said.table_ok })]));
    draw();
    gaps();
  }

  function tables() {
    return modeler.getDefinitions().get("drgElement").map((one) => one.get("decisionLogic")).filter((logic) => logic?.rule);
  }

  function at({ rule, column, output }) {
    for (const table of tables()) {
      const number = table.rule.findIndex((one) => one.id === rule);
      if (number < 0) continue;
      const head = (output ? table.output : table.input)[column], cell = (output ? table.rule[number].outputEntry : table.rule[number].inputEntry)[column];
      return { number: number + 1, name: head?.label || head?.name || String(column + 1), cell: cell?.id };
    }
    return { number: 0, name: "", cell: "" };
  }

  const cellOf = (id) => canvas.querySelector(`[data-element-id="${CSS.escape(id)}"]`);

  function cellRow(fault) {
    const where = at(fault), made = row(fault.severity, say("cell_at", { row: where.number, column: where.name }), fault.message);
    made.querySelector("button").disabled = false;
    made.querySelector("button").addEventListener("click", () => { const cell = cellOf(where.cell); cell?.scrollIntoView({ block: "center", inline: "center" }); (cell?.querySelector("[contenteditable]") ?? cell)?.focus(); cell?.click(); });
    return made;
  }

  function draw() {
    for (const old of canvas.querySelectorAll(".cell-error, .cell-warning")) { old.classList.remove("cell-error", "cell-warning"); old.removeAttribute("title"); }
    for (const fault of faults) {
      const cell = cellOf(at(fault).cell ?? "");
      cell?.classList.add(fault.severity === "error" ? "cell-error" : "cell-warning");
      cell?.setAttribute("title", fault.message);
    }
  }

  async function gaps() {
    const answer = await ask(`${bench.gaps}?path=${encodeURIComponent(bench.path)}`).catch(() => null), card = document.getElementById("gaps-card");
    card.hidden = !answer || faults.length > 0; // of a table with faulty cells nobody can say
    if (card.hidden) return;
    const problems = answer.problems ?? [];
    document.getElementById("gaps").replaceChildren(...(problems.length ? problems.map((one) => row("warning", "", one.message)) : [Object.assign(document.createElement("li"), { className: "finding-none", textContent: said.no_gaps })]));
  }

  function row(severity, where, message) {
    const item = document.createElement("li"), button = Object.assign(document.createElement("button"), { type: "button", className: "finding", disabled: true });
    button.append(Object.assign(document.createElement("span"), { className: `state ${severity === "error" ? "state-bad" : "state-todo"}`, textContent: said[severity] }), Object.assign(document.createElement("b"), { textContent: where }), Object.assign(document.createElement("span"), { textContent: message }));
    item.append(button);
    return item;
  }

  return { refresh, draw: () => requestAnimationFrame(draw) };
}
