// The editor of a report template: text, what can be put into it, and the pages as they will look, drawn by the service.
// Nothing typed is lost: it is saved a moment later, and when somebody else was first both texts stay until one is chosen.
import { ask, autosave } from "./api.js";
import { openText } from "./text.js";

const desk = document.getElementById("report-desk");
if (desk) start();

function start() {
  const words = read("words"), known = read("report-known"), $ = (id) => document.getElementById(id);
  const say = (key, ...facts) => facts.reduce((text, fact, place) => text.replace(`%${place + 1}`, fact), words[key]);
  const editor = openText($("report-editor"), {
    text: read("report-text"), language: "jinja", readOnly: !desk.dataset.open, label: words.template,
    onChange: () => { saver?.changed(); soon(); }, complete: (prefix, at) => completions(known, prefix, at),
  });
  const saver = desk.dataset.open ? autosave(desk.dataset.content, Number(desk.dataset.version), () => editor.text(), told) : null;

  // -- saving
  function told(state, detail) {
    $("report-saved").textContent = words[state] ?? "";
    if (state === "conflict") showConflict(detail.answer);
  }
  function showConflict(answer) {
    const box = $("report-conflict");
    box.hidden = false;
    box.querySelector("p").textContent = say("theirs", answer.by);
    box.querySelector("pre").textContent = answer.theirs ?? "";
    box.querySelector("[data-take=theirs]").onclick = () => { box.hidden = true; editor.setText(answer.theirs ?? ""); saver.take(answer.version); soon(); editor.focus(); };
    box.querySelector("[data-take=mine]").onclick = () => { box.hidden = true; saver.take(answer.version); editor.focus(); };
    box.querySelector("button").focus();
  }

  // -- the preview: the newest text wins, an answer that comes late is dropped
  let timer = 0, asked = 0, drawn = false;
  const sampled = new Set();
  function soon() { clearTimeout(timer); timer = setTimeout(draw, 900); }
  async function draw() {
    clearTimeout(timer);
    const source = $("source").value, mine = ++asked;
    if (!source) { $("report-note").textContent = words.noSample; return; }
    $("report-note").textContent = source.startsWith("scenario:") && !sampled.has(source) ? words.first : words.drawing;
    $("report-pages").setAttribute("aria-busy", "true");
    try {
      const answer = await ask(desk.dataset.preview, { method: "POST", json: { text: editor.text(), source, role: $("role")?.value ?? "" } });
      if (mine !== asked) return;
      sampled.add(source);
      show(answer);
    } catch (error) {
      if (mine === asked) $("report-note").textContent = say("broken", error.message);
    } finally { if (mine === asked) $("report-pages").removeAttribute("aria-busy"); }
  }
  function show(answer) {
    const notes = [answer.note];
    if (answer.pages.length) {
      $("report-pages").replaceChildren(...answer.pages.map((data, place) => Object.assign(document.createElement("img"), { src: data, alt: say("page", place + 1, answer.total) })));
      drawn = true;
      if (answer.total > answer.pages.length) notes.push(say("more", answer.pages.length, answer.total));
    } else if (drawn) notes.push(words.stale);
    $("report-pages").classList.toggle("report-stale", !answer.pages.length);
    $("report-note").textContent = notes.filter(Boolean).join(" ");
    editor.showProblems(answer.problems);
    $("problem-count").textContent = answer.problems.length;
    $("report-problems").replaceChildren(...(answer.problems.length ? answer.problems.map(problem) : [Object.assign(document.createElement("li"), { className: "muted", textContent: words.none })]));
  }
  function problem(one) {
    const item = document.createElement("li"), jump = Object.assign(document.createElement("button"), { type: "button", className: "linkish", textContent: say("line", one.line) });
    const kind = Object.assign(document.createElement("span"), { className: `state state-${{ error: "bad", warning: "todo", info: "quiet" }[one.severity]}`, textContent: words[one.severity] });
    jump.onclick = () => editor.goTo(one.line, one.column);
    item.append(kind, " ", jump, " ", one.message);
    return item;
  }

  // -- what can be put in
  desk.addEventListener("click", (event) => { const button = event.target.closest("[data-insert]"); if (button) editor.insert(button.dataset.insert.replaceAll("\\n", "\n")); });
  $("field-search").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    for (const group of desk.querySelectorAll(".report-fields details")) {
      const items = [...group.querySelectorAll("li")];
      for (const item of items) item.hidden = !!wanted && !`${item.textContent}${item.firstElementChild.title}`.toLowerCase().includes(wanted);
      const some = items.some((item) => !item.hidden);
      group.hidden = !some;
      if (wanted) group.open = some;
    }
  });
  for (const id of ["source", "role"]) $(id)?.addEventListener("change", draw);
  $("preview-now").addEventListener("click", draw);
  const line = Number(location.hash.match(/^#line-?(\d+)/)?.[1] ?? 0);
  if (line) editor.goTo(line);
  draw();
}

function read(id) { return JSON.parse(document.getElementById(id).textContent); }

// Inside {{ … }} and {% … %}: the names that exist, one step of the path at a time so that a list stays short.
function completions(known, prefix, at) {
  const inside = Math.max(at.before.lastIndexOf("{{"), at.before.lastIndexOf("{%")) > Math.max(at.before.lastIndexOf("}}"), at.before.lastIndexOf("%}"));
  if (!inside && !at.explicit) return [];
  const options = new Map();
  for (const { path, label } of known) {
    if (!path.startsWith(prefix)) continue;
    const dot = path.indexOf(".", prefix.length);
    const name = dot < 0 ? path : path.slice(0, dot);
    if (!options.has(name)) options.set(name, { label: name, detail: dot < 0 ? label : "…", apply: name });
  }
  return [...options.values()];
}
