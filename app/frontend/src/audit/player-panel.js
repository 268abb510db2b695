// What is said about one frame, below the diagram: who and when, why, what changed, the form as it looked, and all that hangs on it.
import { h, money, put, time } from "./player-dom.js";

const DWELL = 250; // ms on a frame before its form is asked for: whoever runs past does not need it

export class Panel {
  constructor(place, track, options, shows) {
    Object.assign(this, { place, track, options, shows, words: track.labels, looks: new Map() });
  }

  show(frame) {
    const made = this.sections(frame);
    const form = frame.forms.length || frame.materials.length ? h("section", { class: "play-form" }, h("h3", {}, this.words.form), h("div", { class: "look", "data-look": frame.seq })) : null;
    this.place.replaceChildren(this.head(frame), ...made, ...(form ? [form] : []));
    clearTimeout(this.timer);
    if (form) this.timer = setTimeout(() => this.look(frame, form.lastChild), this.looks.has(frame.seq) ? 0 : DWELL);
  }

  head(frame) {
    const w = this.words;
    return h("header", { class: "play-head" },
      h("h2", { tabindex: "-1", id: "play-title" }, title(frame)),
      h("p", { class: "play-meta" },
        h("span", { class: "play-tag" }, frame.kind_label), frame.administrative && h("span", { class: "play-tag play-tag-act" }, w.administrative),
        h("b", {}, frame.who), frame.who_for && h("span", { class: "play-tag play-tag-for" }, put(w.for, frame.who_for)), frame.handed_to && h("span", {}, put(w.handed, frame.handed_to)),
        h("time", { datetime: frame.at }, time(frame.at)), frame.waited && frame.waited_seconds > 0 && h("span", {}, put(w.waited, frame.waited)),
        this.track.releases.length > 1 && h("span", {}, put(w.release, this.release(frame.release)?.number))),
      frame.reason && h("p", { class: "play-reason" }, h("b", {}, `${w.reason}：`), frame.reason));
  }

  release(digest) {
    return this.track.releases.find((one) => one.digest === digest);
  }

  name(frame, element) {
    return this.release(frame.release)?.elements[element]?.name || this.track.releases.map((one) => one.elements[element]?.name).find(Boolean) || element;
  }

  sections(frame) {
    const w = this.words, found = (this.track.findings || []).filter((one) => one.seq === frame.seq);
    return [
      this.list(w.findings, found, (one) => [h("span", { class: `play-tag play-tag-${one.severity}` }, one.label || one.code), ` ${one.words}`, one.dismissed && h("span", { class: "play-sub" }, put(w.dismissed, one.dismissed))]),
      this.list(w.why, frame.why, (why) => this.why(frame, why), "play-whys"),
      this.changes(frame),
      this.list(w.marks, frame.marks || [], (mark) => [h("b", {}, mark.place), `：${mark.remark}`]),
      this.list(w.materials, this.options.showsFiles ? [] : frame.materials, (one) => [h("b", {}, one.name), one.new && h("span", { class: "play-tag" }, w.newMaterial), one.label && ` ${one.label}`, h("code", { class: "play-digest" }, `${w.digest} ${one.sha256}`)]),
      this.list(w.ballots, frame.ballots || [], (one) => this.ballot(one)),
      this.list(w.messages, frame.messages, (one) => this.message(one)),
      this.list(w.timers, frame.timers, (one) => [h("span", { class: "play-tag" }, w[`timer${capital(one.what)}`]), ` ${one.name}${one.on ? `（${one.on}）` : ""} `, put(w.due, time(one.due)), one.late > 0 && h("b", { class: "play-late" }, ` ${put(w.late, one.late_words)}`)]),
      this.list(w.payments, frame.payments, (one) => [h("span", { class: "play-tag" }, w[one.what]), ` ${one.subject} ${money(one.amount)} ${one.channel || ""} ${one.order_no} ${time(one.at)}`]),
      this.list(w.reports, frame.reports, (one) => [h("b", {}, one.title), ` ${put(w.version, one.version)} · ${w.code} ${one.code} · ${one.who} · ${time(one.at)}`]),
      this.list(w.links, frame.links, (one) => this.link(frame, one)),
    ].filter(Boolean);
  }

  list(title, rows, draw, kind = "") {
    return rows.length ? h("section", { class: `play-part ${kind}` }, h("h3", {}, title), h("ul", {}, rows.map((row) => h("li", {}, draw(row))))) : null;
  }

  why(frame, why) {
    const w = this.words, name = this.name(frame, why.element);
    if (why.kind === "table") {
      return [h("p", {}, h("b", {}, put(w.table, why.table || name)), " ", why.rows.length ? put(w.row, why.rows.join("、")) : w.noRow),
        why.expression && h("p", {}, `${w.because}：`, h("code", {}, why.expression)), this.values(why),
        (why.outputs || []).length && h("p", {}, `${w.outputs}：`, why.outputs.map((one) => `${one.label} = ${one.words}`).join("，"))];
    }
    const to = why.ways.find((way) => way.flow === why.chosen)?.to;
    return [h("p", {}, name !== why.element && h("span", {}, `${name} `), h("b", {}, `→ ${[why.flow_name, to && to !== why.flow_name && to].filter(Boolean).join(" → ") || why.chosen}`)),
      h("p", {}, `${w.because}：`, why.expression ? h("code", {}, why.expression) : w.otherwise), this.values(why), why.ways.length > 1 && this.ways(why)];
  }

  values(why) {
    const w = this.words;
    if (!why.values) return h("p", { class: "play-quiet" }, w.unknown);
    return why.values.length ? h("dl", { class: "play-values", "aria-label": w.values }, why.values.map((one) => h("div", {}, h("dt", {}, one.label, h("code", {}, one.path)), h("dd", {}, one.words)))) : null;
  }

  ways(why) {
    const w = this.words;
    return h("details", {}, h("summary", {}, w.ways), h("ul", { class: "play-ways" }, why.ways.map((way) => h("li", { class: way.flow === why.chosen ? "play-taken" : null },
      `${way.name ? `${way.name} → ` : ""}${way.to} `, way.expression ? h("code", {}, way.expression) : h("span", { class: "play-quiet" }, w.otherwise), way.flow === why.chosen && h("b", {}, ` ✓ ${w.taken}`)))));
  }

  changes(frame) {
    const w = this.words, again = frame.forms.filter((form) => form.before_id);
    if (!again.length) return null;
    if (!frame.changes.length) return h("section", { class: "play-part" }, h("h3", {}, w.changes), h("p", { class: "play-quiet" }, w.same));
    const cell = (kind, text, change) => h("td", { "data-label": w[kind] }, change.kind === "moved" ? (kind === "after" ? w.moved : put(w.rowNumber, change.before)) : text ? h(kind === "before" ? "del" : "ins", {}, text)
      : h("span", { class: "play-quiet" }, kind === "before" && change.kind === "added" ? w.added : kind === "after" && change.kind === "removed" ? w.removed : w.nothing));
    return h("section", { class: "play-part" }, h("h3", {}, `${w.changes}（${frame.changes.length}）`), h("div", { class: "play-scroll", tabindex: "0", role: "group", "aria-label": w.changes }, h("table", { class: "play-table" },
      h("thead", {}, h("tr", {}, ["field", "before", "after"].map((key) => h("th", { scope: "col" }, w[key])))),
      h("tbody", {}, frame.changes.map((one) => h("tr", {}, h("th", { scope: "row" }, one.label, one.row > 0 && h("span", { class: "play-quiet" }, ` ${put(w.rowNumber, one.row)}`), h("span", { class: "play-sub" }, one.section_title)), cell("before", one.before, one), cell("after", one.after, one)))))));
  }

  ballot(one) {
    const w = this.words;
    if (one.state === "open") return [h("b", {}, one.subject), ` ${w.ballotOpen}`];
    return [h("b", {}, one.subject), ` ${w.ballotClosed}：`, (one.counts || []).map(([name, number]) => h("span", { class: "play-tag" }, `${name} ${number}`))];
  }

  message(one) {
    const w = this.words;
    if (one.what === "received") return [put(w.received, one.label), one.from && ` ${put(w.from, one.from)}`];
    const mail = { new: w.mailNew, sent: w.mailSent, late: w.mailLate, set_aside: w.mailAside }[one.mail];
    return [h("b", {}, one.title), ` ${put(w.to, one.to)} · ${one.read_at ? put(w.read, time(one.read_at)) : w.unread}`, mail && ` · ${put(w.mail, mail)}`, one.text && h("span", { class: "play-sub" }, one.text)];
  }

  link(frame, one) {
    const w = this.words, tag = h("span", { class: "play-tag" }, w[one.what]);
    if (one.what === "called") return [tag, " ", h("button", { type: "button", class: "play-textual", onclick: () => this.shows(frame.release, one.process_id) }, one.title)];
    const address = one.what === "move" ? null : this.options.other?.(one, frame);
    return [tag, ` ${one.title}`, one.what === "move" ? null : address ? h("a", { href: address }, ` ${one.number} · ${w.open}`) : ` ${one.number}`];
  }

  async look(frame, place) {
    const w = this.words;
    if (!this.options.detail) return this.plain(frame, place);
    if (!this.looks.has(frame.seq)) {
      place.replaceChildren(h("p", { class: "play-quiet", role: "status" }, w.loading));
      this.looks.set(frame.seq, this.options.detail(frame.seq).catch(() => null));
    }
    const html = await this.looks.get(frame.seq);
    if (!place.isConnected) return;
    if (html) place.innerHTML = html;
    else {
      this.looks.delete(frame.seq);
      this.plain(frame, place);
      place.append(h("p", { class: "play-late", role: "alert" }, w.failed));
    }
  }

  plain(frame, place) {
    place.replaceChildren(h("ul", {}, frame.forms.map((form) => h("li", {}, `${form.title} · ${put(this.words.revision, form.revision)}`))));
  }
}

export const title = (frame) => [frame.element_name || frame.kind_label, frame.outcome_label !== frame.element_name && frame.outcome_label].filter(Boolean).join(" · ");
const capital = (word) => word[0].toUpperCase() + word.slice(1);
