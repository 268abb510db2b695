// What all editors of the workbench share: asking the service, and saving a file against the version it was read at.
// Nothing typed is lost: while the service cannot be reached, or somebody else saved first, the text stays in the editor.
const TOKEN = document.querySelector("meta[name=csrf-token]")?.content ?? "";
const PAUSE = 1200; // ms after the last change before it is saved

export async function ask(address, { method = "GET", json, body, headers = {} } = {}) {
  const response = await fetch(address, {
    method, body: json === undefined ? body : JSON.stringify(json),
    headers: { Accept: "application/json", "X-CSRFToken": TOKEN, ...(json === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
  });
  const answer = (response.headers.get("Content-Type") ?? "").includes("json") ? await response.json() : await response.text();
  if (!response.ok) throw Object.assign(new Error(answer.message ?? response.statusText), { status: response.status, answer });
  return answer;
}

export async function readFile(address) {
  const response = await fetch(address, { headers: { Accept: "text/plain" } });
  if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
  return { text: await response.text(), version: Number((response.headers.get("ETag") ?? "0").replace(/\D/g, "")) };
}

// Saves what `content()` gives a moment after the last `changed()`. `tell(state, detail)` hears waiting, saving, saved, failed, conflict;
// after a conflict nothing is saved until `take(version)` says which version the text now stands on.
export function autosave(address, version, content, tell = () => {}) {
  let timer = 0, running = null, dirty = false, stopped = false;
  const save = async () => {
    clearTimeout(timer);
    if (running || !dirty || stopped) return running;
    dirty = false;
    tell("saving");
    running = (async () => {
      try {
        ({ version } = await ask(address, { method: "PUT", body: await content(), headers: { "If-Match": `"${version}"`, "Content-Type": "text/plain" } }));
        tell("saved", { version });
      } catch (error) {
        dirty = true;
        stopped = error.status === 409;
        tell(stopped ? "conflict" : "failed", error);
        if (!stopped) timer = setTimeout(save, 5000);
      } finally { running = null; }
      if (dirty && !stopped) timer = setTimeout(save, PAUSE);
    })();
    return running;
  };
  addEventListener("beforeunload", (event) => { if (dirty || running) event.preventDefault(); });
  return {
    changed() { dirty = true; if (!stopped) { tell("waiting"); clearTimeout(timer); timer = setTimeout(save, PAUSE); } },
    now: async () => { while (dirty && !stopped) await save(); },
    take(newer) { version = newer; stopped = false; dirty = true; return save(); },
    adopt(newer) { version = newer; stopped = false; dirty = false; tell("saved", { version }); }, // the editor now holds what the other one saved
    get version() { return version; },
  };
}
