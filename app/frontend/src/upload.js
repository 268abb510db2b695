// Files in pieces (tus): progress, pause, going on after a break or a reload. Without this the forms upload as they are.
// An input says where its files go: data-field = "task:field", nothing = the person's library.
import * as tus from "tus-js-client";
import "./sorting.js";

const PIECE = 1024 * 1024; // bytes; a break costs one piece at most
const words = document.getElementById("upload-words")?.dataset ?? {};
const running = new Set();
let leaving = false;

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-upload-input]") || !target.files.length) return;
  const files = [...target.files];
  target.value = "";
  take(target, files);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-upload-plain]");
  if (!button) return;
  event.preventDefault();
  button.closest(".upload-line").querySelector("[data-upload-input]").click();
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest?.("[data-drop]");
    const input = place?.querySelector("[data-upload-input]");
    if (!input || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    place.classList.toggle("drop-here", kind === "dragover");
    if (kind === "drop") take(input, [...event.dataTransfer.files]);
  });
}

// While something is on its way, leaving asks first; before the other scripts count the form as sent.
document.addEventListener("submit", (event) => {
  if (!running.size) return;
  if (window.confirm(words.leave)) return void (leaving = true);
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

window.addEventListener("beforeunload", (event) => {
  if (running.size && !leaving) event.preventDefault();
});

function take(input, files) {
  for (const file of input.multiple ? files : files.slice(0, 1)) start(input, file);
}

function start(input, file) {
  const line = draw(input, file.name);
  const limit = Number(input.dataset.limit);
  if (file.size > limit) return line.refuse(words.big.replace("%1", megabytes(file.size)).replace("%2", megabytes(limit)));
  if (!file.size) return line.refuse(words.empty);
  const [task, field] = (input.dataset.field ?? "").split(/:(.*)/s);
  let material = "";
  const upload = new tus.Upload(file, {
    endpoint: "/uploads", chunkSize: PIECE, retryDelays: [0, 1000, 3000, 5000, 10000, 20000], removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, ...(task ? { task, field } : {}) },
    headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content, Accept: "application/json" },
    fingerprint: async () => ["pingshen", file.name, file.size, file.lastModified, input.dataset.field ?? ""].join("/"),
    onShouldRetry: (error) => {
      const status = error.originalResponse?.getStatus() ?? 0;
      line.say(words.broken);
      return !status || status === 409 || status === 460 || status === 423 || status === 429 || status >= 500;
    },
    onAfterResponse: (_request, response) => { material = response.getHeader("Upload-Material") ?? material; },
    onProgress: (sent, all) => line.progress(sent, all),
    onError: (error) => { end(upload); line.refuse(reason(error), () => begin(upload)); },
    onSuccess: async () => {
      material ||= await finish(upload.url, file.size);
      end(upload);
      line.remove();
      arrived(input, material);
    },
  });
  line.steer(upload);
  upload.findPreviousUploads().then(([before]) => {
    if (before) upload.resumeFromPreviousUpload(before);
    begin(upload);
  });
}

// One after the other per field, so that several files stand in the order in which they were chosen.
const queues = new Map();

function begin(upload) {
  const field = upload.options.metadata.field ?? "";
  const queue = queues.get(field) ?? queues.set(field, []).get(field);
  running.add(upload);
  queue.push(upload);
  if (queue[0] === upload) upload.start();
}

function end(upload) {
  const queue = queues.get(upload.options.metadata.field ?? "") ?? [];
  const first = queue[0] === upload;
  running.delete(upload);
  if (queue.includes(upload)) queue.splice(queue.indexOf(upload), 1);
  if (first) queue[0]?.start();
}

// All bytes are there and the answer to the last piece got lost: an empty piece asks again.
async function finish(url, size) {
  const headers = {
    "Tus-Resumable": "1.0.0", "Upload-Offset": String(size), "Content-Type": "application/offset+octet-stream",
    "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content, Accept: "application/json",
  };
  return (await fetch(url, { method: "PATCH", headers })).headers.get("Upload-Material") ?? "";
}

function reason(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).message;
  } catch {
    return words.failed;
  }
}

// The id goes into the form as if it had been there; then the draft is saved and the section drawn anew.
const pending = new Map();

function arrived(input, material) {
  const form = input.form;
  if (!input.dataset.field) return void (running.size || window.location.reload());
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: input.name.replace(/^upload\./, ""), value: material });
  input.closest("[data-upload]").append(hidden);
  clearTimeout(pending.get(form));
  pending.set(form, setTimeout(() => settle(input), running.size ? 1500 : 100));
}

async function settle(input) {
  const form = input.form;
  await new Promise((done) => (form.matches("[data-autosave]") ? form.dispatchEvent(new CustomEvent("save-now", { bubbles: true, detail: { done } })) : done()));
  if (running.size) return; // the lines of the others are still needed; the last one draws the section
  const place = input.closest("[data-refresh]");
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  const answer = await fetch(place.dataset.refresh, { method: "POST", body: data, headers: { "HX-Request": "true" } });
  if (answer.ok) swap(place, await answer.text(), answer.headers.get("HX-Retarget"));
}

function swap(place, html, elsewhere) {
  const target = elsewhere ? document.querySelector(elsewhere) : place;
  const made = document.createRange().createContextualFragment(html);
  const roots = [...made.children];
  const had = document.activeElement?.id; // whoever works with keys goes on where they were
  if (elsewhere) target.replaceChildren(made);
  else target.replaceWith(made);
  for (const root of roots) window.htmx?.process(root);
  if (had) document.getElementById(had)?.focus({ preventScroll: true });
}

function draw(input, name) {
  const item = document.createElement("li");
  const label = Object.assign(document.createElement("span"), { className: "upload-name", textContent: name });
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", name);
  const says = Object.assign(document.createElement("span"), { className: "upload-says number", textContent: words.waiting });
  const tools = Object.assign(document.createElement("span"), { className: "upload-tools" });
  item.append(label, bar, says, tools);
  input.closest("[data-upload]").querySelector("[data-upload-list]").append(item);
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: text });
    made.setAttribute("aria-label", `${text} ${name}`);
    made.addEventListener("click", act);
    tools.append(made);
    return made;
  };
  return {
    say: (text) => { says.textContent = text; },
    remove: () => item.remove(),
    progress: (sent, all) => {
      bar.value = (sent / all) * 100;
      says.textContent = sent === all ? words.looking : `${Math.floor((sent / all) * 100)}%，${megabytes(sent)} / ${megabytes(all)}`;
    },
    refuse: (text, again) => {
      item.classList.add("upload-refused");
      bar.hidden = true;
      says.textContent = text;
      tools.replaceChildren();
      if (again) button(words.again, () => { item.classList.remove("upload-refused"); bar.hidden = false; tools.replaceChildren(); again(); });
      button(words.close, () => item.remove());
    },
    steer: (upload) => {
      const pause = button(words.pause, async () => {
        const going = running.has(upload);
        pause.textContent = going ? words.resume : words.pause;
        if (!going) return begin(upload);
        end(upload);
        await upload.abort();
        says.textContent = words.paused;
      });
      button(words.cancel, async () => { end(upload); await upload.abort(true).catch(() => {}); item.remove(); });
    },
  };
}

function megabytes(bytes) {
  return bytes < PIECE ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / PIECE).toFixed(1)} MB`;
}

// What a reload interrupted: the browser does not give the file back, but says which one to choose again.
for (const input of document.querySelectorAll("[data-upload-input]")) {
  for (const [key, kept] of Object.entries(localStorage)) {
    if (!key.startsWith("tus::pingshen/") || !key.split("::")[1].endsWith(`/${input.dataset.field ?? ""}`)) continue;
    const { metadata, uploadUrl } = JSON.parse(kept);
    const line = draw(input, metadata.filename);
    line.refuse(words.unfinished);
    line.steer({ abort: async () => { localStorage.removeItem(key); await tus.Upload.terminate(uploadUrl, { headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content } }); } });
  }
}
