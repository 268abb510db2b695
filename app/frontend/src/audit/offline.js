// The player inside an audit pack: the page is opened from the disk, with no network. Its data was loaded before it, as scripts, for
// a page from the disk may fetch nothing: PACK = {track, looks, folder}, DIAGRAMS = {"release|process": xml}.
import "./offline.css";
import { mountPlayer } from "./player-core.js";

const root = document.querySelector("[data-player]");
const { track, looks } = window.PACK;
const asked = () => Number(location.hash.slice(1)) || 1;
const player = mountPlayer(root, track, {
  diagram: async (release, process) => {
    const xml = window.DIAGRAMS[`${release}|${process}`];
    if (!xml) throw new Error("no diagram");
    return xml;
  },
  detail: async (seq) => forms(seq) + files(seq),
  other: (link) => (window.PACK.cases.includes(link.number) ? `${link.number}.html` : null),
  start: asked(),
  moved: (seq) => history.replaceState(null, "", `#${seq}`),
});
window.addEventListener("hashchange", () => player.go(player.place(asked())));

function forms(seq) {
  return looks.filter((look) => look.seq === seq).map((look) => `<section class="look-form"><h4>${safe(look.title)} <span class="muted">${safe((track.labels.revision || "").replace("%", look.revision))}</span></h4>${look.sections.map(section).join("")}</section>`).join("");
}

function section(one) {
  return `<h5>${safe(one.title)}</h5>${one.fields.map(field).join("")}`;
}

function field(one) {
  if (!one.columns) return `<dl class="off-field"><dt>${safe(one.label)}</dt><dd>${safe(one.value)}</dd></dl>`;
  const head = one.columns.map((column) => `<th scope="col">${safe(column)}</th>`).join("");
  const rows = one.rows.map((row) => `<tr>${row.map((cell, place) => `<td data-label="${safe(one.columns[place])}">${safe(cell)}</td>`).join("")}</tr>`).join("");
  return `<div class="play-scroll" tabindex="0" role="region" aria-label="${safe(one.label)}"><table class="play-table"><caption>${safe(one.label)}</caption><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function files(seq) {
  const found = (track.frames.find((frame) => frame.seq === seq)?.materials || []).filter((one) => window.PACK.files[one.id]);
  return found.length ? `<section class="look-files"><h4>${safe(track.labels.materials)}</h4><ul>${found.map((one) => `<li><a href="../${safe(window.PACK.files[one.id])}">${safe(one.name || one.label || one.id)}</a></li>`).join("")}</ul></section>` : "";
}

function safe(text) {
  return String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
