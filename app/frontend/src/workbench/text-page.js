// Any file as text: saved by itself, problems at their lines, and, when a colleague saved in between, both texts side by side.
import { MergeView } from "@codemirror/merge";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { ask, autosave, readFile } from "./api.js";
import { openText } from "./text.js";

const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");
const say = (key, facts = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_all, name) => facts[name] ?? "");
const one = (id) => document.getElementById(id);

export async function openTextPage(place) {
  const { address, problems, language } = place.dataset, locked = "locked" in place.dataset;
  const { text, version } = await readFile(address);
  const editor = openText(place, { text, language, readOnly: locked, label: say("label"), onChange: () => saving.changed() });
  const saving = autosave(address, version, () => editor.text(), tell);
  const check = () => showProblems(editor, problems);
  check();

  function tell(state, detail) {
    one("text-state").textContent = say(state, { n: detail?.version ?? "" });
    one("text-state").className = state === "failed" || state === "conflict" ? "state state-bad" : state === "saved" ? "state state-good" : "muted";
    if (state === "saved") check();
    if (state === "conflict" && "theirs" in detail.answer) meet(detail.answer);
    else if (state === "conflict") closed(detail.answer.message);
  }

  // Submitted or published meanwhile: what was typed can still be copied.
  function closed(message) {
    one("text-state").textContent = message;
    editor.lock(true);
  }

  // What `answer` holds is the colleague's text; ours stays in the right half until somebody decides.
  function meet(answer) {
    const box = one("text-conflict"), left = answer.theirs ?? "";
    one("text-who").textContent = say("who", { name: answer.by ?? "" }) + (answer.theirs === null ? say("gone") : "");
    place.hidden = true;
    box.hidden = false;
    const view = sideBySide(one("text-merge"), left, editor.text());
    const settle = (chosen) => {
      view.destroy();
      box.hidden = true;
      place.hidden = false;
      editor.setText(chosen);
      saving.take(answer.version);
      editor.focus();
    };
    one("text-keep").onclick = () => settle(view.b.state.doc.toString());
    one("text-theirs").onclick = () => settle(left);
    box.querySelector("h2").focus();
  }
}

function sideBySide(place, theirs, mine) {
  place.replaceChildren();
  const shared = [lineNumbers(), EditorView.lineWrapping, keymap.of([...defaultKeymap, ...historyKeymap]), history()];
  const named = (label) => EditorView.contentAttributes.of({ "aria-label": label });
  return new MergeView({
    parent: place, revertControls: "a-to-b", collapseUnchanged: { margin: 3, minSize: 6 },
    renderRevertControl: () => Object.assign(document.createElement("button"), { type: "button", textContent: "→", title: say("take"), ariaLabel: say("take") }),
    a: { doc: theirs, extensions: [shared, EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ tabindex: "0" }), named(say("theirs"))] },
    b: { doc: mine, extensions: [shared, named(say("mine"))] },
  });
}

async function showProblems(editor, address) {
  let found;
  try { found = (await ask(address)).problems; } catch { return; } // the next save asks again
  editor.showProblems(found);
  one("text-problems").textContent = found.length ? say("problems", { n: found.length }) : say("clean");
  one("text-list").replaceChildren(...found.map((problem) => problemLine(problem, editor)));
}

function problemLine(problem, editor) {
  const item = document.createElement("li"), button = item.appendChild(document.createElement("button"));
  button.type = "button";
  const where = button.appendChild(document.createElement("b"));
  where.textContent = say("line", { n: problem.line });
  where.className = problem.severity === "error" ? "bad" : "warn";
  button.append(problem.message);
  button.onclick = () => editor.goTo(problem.line);
  return item;
}
