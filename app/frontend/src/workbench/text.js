// The text editor of the workbench: CodeMirror with Chinese words, problems in the gutter and completion.
// Importing it does nothing; `openText` draws into a place of the page, in a shadow root, so that neither the page's styles
// nor its policy for styles touch it. Tab indents; Esc and then Tab leaves the editor, which its label says.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, redo, redoDepth, undo, undoDepth } from "@codemirror/commands";
import { jinja } from "@codemirror/lang-jinja";
import { html } from "@codemirror/lang-html";
import { xml } from "@codemirror/lang-xml";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { CHINESE, LABELS } from "./text-words.js";

const SET = Annotation.define(); // a change that the page made, not the person
const SEVERITIES = { error: "error", warning: "warning" };
const english = () => document.documentElement.lang.startsWith("en");

// CEL: words, strings, numbers; enough to read a condition by.
const CEL = StreamLanguage.define({
  name: "cel",
  token(stream) {
    if (stream.eatSpace()) return null;
    if (stream.match(/^\/\/.*/)) return "comment";
    if (stream.match(/^[rbRB]?("""[^]*?"""|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)/)) return "string";
    if (stream.match(/^\d[\d_]*(\.\d+)?([eE][+-]?\d+)?u?\b/)) return "number";
    if (stream.match(/^(true|false|null)\b/)) return "atom";
    if (stream.match(/^(in|has|all|exists|exists_one|map|filter)\b/)) return "keyword";
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return "variableName.function";
    if (stream.match(/^[A-Za-z_]\w*/)) return "variableName";
    if (stream.match(/^[-+*/%<>=!&|?:]+/)) return "operator";
    stream.next();
    return null;
  },
});
const LANGUAGES = {
  yaml: () => yaml(), cel: () => CEL, xml: () => xml(), html: () => html(), plain: () => [],
  jinja: () => jinja({ base: html() }),
};

// Every pair has a contrast of 4.5 or more on white and on the dark paper of the service.
const COLOURS = HighlightStyle.define([
  { tag: [tags.comment, tags.meta], color: "var(--text-quiet)" },
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.tagName], color: "var(--text-name)" },
  { tag: [tags.string, tags.attributeValue, tags.special(tags.string)], color: "var(--text-string)" },
  { tag: [tags.number, tags.bool, tags.atom, tags.null], color: "var(--text-number)" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--text-word)", fontWeight: "600" },
  { tag: [tags.function(tags.variableName), tags.attributeName], color: "var(--text-function)" },
  { tag: tags.invalid, textDecoration: "underline wavy var(--tblr-danger)" },
]);
const LIGHT = { quiet: "#5c6670", name: "#1c4f8f", string: "#1a6b3b", number: "#8a3b12", word: "#7a1f7a", function: "#0b5c6b" };
const DARK = { quiet: "#a3afbc", name: "#9cc3f3", string: "#7fd3a0", number: "#f4c26b", word: "#e0a3e6", function: "#7fd0dd" };
const tokens = (colours) => Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--text-${name}`, colour]));
const LOOK = EditorView.baseTheme({
  "&": { height: "100%", backgroundColor: "var(--paper)", color: "var(--tblr-body-color)", fontSize: "14px" },
  "&light": tokens(LIGHT),
  "&dark": tokens(DARK),
  "&.cm-focused": { outline: "2px solid var(--tblr-primary)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, Consolas, 'Noto Sans Mono CJK SC', 'Noto Sans SC', monospace", lineHeight: "1.6", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--quiet-soft)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--doing-soft) 45%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--doing-soft)", color: "inherit" },
  ".cm-cursor": { borderLeftColor: "var(--tblr-body-color)", borderLeftWidth: "2px" },
  ".cm-panels, .cm-tooltip": { backgroundColor: "var(--paper)", color: "var(--tblr-body-color)", borderColor: "var(--line)", fontFamily: "var(--tblr-font-sans-serif)" },
  ".cm-panel.cm-search": { padding: "8px 28px 8px 8px", fontSize: "14px" },
  ".cm-panel.cm-search [name=close]": { color: "inherit", fontSize: "20px" },
  ".cm-textfield, .cm-button": { backgroundColor: "var(--paper)", backgroundImage: "none", color: "inherit", border: "1px solid var(--quiet)", borderRadius: "4px", fontSize: "14px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "inherit", maxHeight: "16em" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--tblr-primary)", color: "#fff" },
  ".cm-completionDetail": { fontStyle: "normal", color: "inherit" },
  ".cm-placeholder": { color: "var(--quiet)" },
});

/**
 * Opens an editor in `place`. `complete(prefix, {text, position, line, column, explicit})` gives (or promises) what may follow:
 * [{label, detail, apply}]. `problems`: [{line, column, message, severity}], lines and columns from 1.
 * `compact`: a small field of a page, without numbers of lines. `onChange(text)` hears what the person changes, undoing included; not what `setText` sets.
 */
export function openText(place, { text = "", language = "plain", readOnly = false, label = "", onChange = () => {}, onPlace = null, complete = null, problems = [], wrap = language !== "yaml", compact = false } = {}) {
  place.replaceChildren();
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  root.replaceChildren();
  const room = root.appendChild(document.createElement("div"));
  room.style.height = "100%";
  const locked = new Compartment();
  const view = new EditorView({
    parent: room, root,
    state: EditorState.create({ doc: text, extensions: [
      compact ? [] : MARGINS, basics(), LANGUAGES[language]?.() ?? [], completion(complete), locked.of(EditorState.readOnly.of(readOnly)), wrap ? EditorView.lineWrapping : [],
      EditorView.contentAttributes.of({ "aria-label": named(label, readOnly), tabindex: "0" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged && !update.transactions.some((one) => one.annotation(SET))) onChange(update.state.doc.toString());
        if (onPlace && (update.selectionSet || update.docChanged)) onPlace(placeOf(update.state));
      }),
    ] }),
  });
  const handle = {
    view,
    text: () => view.state.doc.toString(),
    setText: (newer) => setText(view, newer),
    showProblems: (list) => view.dispatch(setDiagnostics(view.state, list.map((one) => diagnostic(view.state.doc, one)))),
    goTo: (line, column = 1) => goTo(view, line, column),
    insert: (words) => { view.dispatch(view.state.replaceSelection(words), { scrollIntoView: true }); view.focus(); },
    lock: (on) => view.dispatch({ effects: locked.reconfigure(EditorState.readOnly.of(on)) }),
    undo: () => undo(view), redo: () => redo(view),
    canUndo: () => undoDepth(view.state) > 0, canRedo: () => redoDepth(view.state) > 0,
    focus: () => view.focus(),
    close: () => { view.destroy(); root.replaceChildren(); },
  };
  if (problems.length) handle.showProblems(problems);
  return handle;
}

const MARGINS = [lineNumbers(), highlightActiveLineGutter(), highlightActiveLine(), foldGutter({ openText: "▾", closedText: "▸" }), lintGutter()];

function basics() {
  return [
    highlightSpecialChars(), history(), drawSelection(),
    EditorState.allowMultipleSelections.of(true), indentOnInput(), indentUnit.of("  "), EditorState.tabSize.of(2), bracketMatching(), closeBrackets(),
    rectangularSelection(), highlightSelectionMatches(), search({ top: true }),
    syntaxHighlighting(COLOURS), LOOK, EditorView.darkTheme.of(document.documentElement.dataset.bsTheme === "dark"),
    english() ? [] : EditorState.phrases.of(CHINESE),
    keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap, ...lintKeymap, indentWithTab]),
  ];
}

function completion(complete) {
  if (!complete) return autocompletion({ override: [] });
  const source = async (context) => {
    const word = context.matchBefore(/[\w.]*/);
    if (!context.explicit && word.from === word.to) return null;
    const line = context.state.doc.lineAt(context.pos);
    const options = await complete(word.text, {
      text: context.state.doc.toString(), position: context.pos, line: line.number, column: context.pos - line.from + 1,
      before: line.text.slice(0, context.pos - line.from), explicit: context.explicit,
    });
    return options?.length ? { from: word.from, options, validFor: /^\w*$/ } : null;
  };
  return autocompletion({ override: [source], icons: false, maxRenderedOptions: 60 });
}

function named(label, readOnly) {
  const words = english() ? LABELS.en : LABELS.zh;
  return [label || words.editor, readOnly ? words.readOnly : words.leave].join(words.between);
}

function diagnostic(doc, { line = 1, column = 1, message, severity = "error" }) {
  const row = doc.line(Math.min(Math.max(line || 1, 1), doc.lines));
  const from = Math.min(row.from + Math.max((column || 1) - 1, 0), row.to);
  return { from, to: Math.max(from, row.to), message, severity: SEVERITIES[severity] ?? "info" };
}

// Only what differs is replaced, so that cursor, folds and scroll stay; one step to undo.
function setText(view, newer) {
  const older = view.state.doc.toString();
  if (older === newer) return;
  let start = 0, end = 0;
  const most = Math.min(older.length, newer.length);
  while (start < most && older[start] === newer[start]) start++;
  while (end < most - start && older[older.length - 1 - end] === newer[newer.length - 1 - end]) end++;
  view.dispatch({
    changes: { from: start, to: older.length - end, insert: newer.slice(start, newer.length - end) },
    annotations: [SET.of(true), isolateHistory.of("full")],
  });
}

function goTo(view, line, column) {
  const row = view.state.doc.line(Math.min(Math.max(line || 1, 1), view.state.doc.lines));
  const at = Math.min(row.from + Math.max(column - 1, 0), row.to);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

function placeOf(state) {
  const row = state.doc.lineAt(state.selection.main.head);
  return { line: row.number, column: state.selection.main.head - row.from + 1 };
}
