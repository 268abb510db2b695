// What the linter says of this file, beside the canvas: a mark on the element, a list below, a click jumps there.
import { ask } from "./api.js";
import { said, say } from "./diagram-saving.js";

export function findingList({ bench, modeler }) {
  const list = document.getElementById("findings"), count = document.getElementById("findings-count");
  const overlays = modeler.get("overlays"), registry = modeler.get("elementRegistry");

  async function refresh() {
    const answer = await ask(`${bench.home}/findings.json`).catch(() => ask(`${bench.base}/findings.json`)).catch(() => null);
    if (answer) draw((answer.findings ?? answer).filter((one) => one.file === bench.path));
  }

  function draw(found) {
    overlays.remove({ type: "finding" });
    const errors = found.filter((one) => one.severity === "error").length;
    count.textContent = found.length ? [errors && say("errors", { n: errors }), found.length - errors && say("warnings", { n: found.length - errors })].filter(Boolean).join(bench.language === "en" ? ", " : "，") : "";
    list.replaceChildren(...(found.length ? found.map(row) : [nothing()]));
    for (const [id, own] of Map.groupBy?.(found, (one) => one.element) ?? grouped(found)) if (id && registry.get(id)) badge(id, own);
  }

  function badge(id, own) {
    const worst = own.some((one) => one.severity === "error") ? "error" : "warning", element = registry.get(id);
    const mark = Object.assign(document.createElement("span"), { className: `finding-mark ${worst}`, textContent: own.length > 1 ? String(own.length) : "!", title: own.map((one) => one.message).join("\n") });
    const position = element.waypoints ? { top: -10, left: Math.max(0, element.width / 2) || 0 } : { top: -10, right: 10 };
    overlays.add(id, "finding", { position, html: mark });
  }

  function row(one) {
    const item = document.createElement("li"), jump = Object.assign(document.createElement("button"), { type: "button", className: `finding ${one.severity}` });
    const element = one.element && registry.get(one.element);
    const state = Object.assign(document.createElement("span"), { className: `state ${one.severity === "error" ? "state-bad" : "state-todo"}`, textContent: said[one.severity] });
    const where = Object.assign(document.createElement("b"), { textContent: element ? element.businessObject.name || element.id : said.whole_file });
    jump.append(state, where, Object.assign(document.createElement("span"), { textContent: one.message }));
    jump.disabled = !element;
    jump.addEventListener("click", () => bench.show(one.element, { focus: true }));
    item.append(jump);
    return item;
  }

  const nothing = () => Object.assign(document.createElement("li"), { className: "finding-none", textContent: said.no_findings });
  return { refresh };
}

function grouped(found) {
  const groups = new Map();
  for (const one of found) groups.set(one.element, [...(groups.get(one.element) ?? []), one]);
  return groups;
}
