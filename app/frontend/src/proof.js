// The proof that no robot asks: a worker solves the puzzle while the form is filled in; nothing is to be clicked or dragged.
// Where it cannot (no worker, no secure context), the question for browsers without scripts is shown instead.
for (const box of document.querySelectorAll("[data-proof]")) begin(box);

function begin(box) {
  const form = box.closest("form");
  const state = { done: false, waiting: null };
  form.addEventListener("submit", (event) => hold(event, state, box), { capture: true });
  solve(box).then(
    (proof) => {
      box.querySelector("[name=proof]").value = proof;
      say(box, box.dataset.done);
      go(form, state);
    },
    () => {
      askInstead(box);
      go(null, state);
    },
  );
}

function hold(event, state, box) {
  if (state.done) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  state.waiting = event.submitter;
  say(box, box.dataset.busy);
}

function go(form, state) {
  state.done = true;
  if (form && state.waiting) form.requestSubmit(state.waiting);
}

async function solve(box) {
  const challenge = await (await fetch(box.dataset.proof, { headers: { Accept: "application/json" } })).json();
  const worker = new Worker(box.dataset.worker);
  const solution = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data && data.derivedKey ? resolve(data) : reject(new Error("unsolved")));
    worker.onerror = reject;
    worker.postMessage({ type: "work", challenge, counterStart: 0, counterStep: 1, timeout: 60000 });
  }).finally(() => worker.terminate());
  return btoa(JSON.stringify({ challenge, solution }));
}

function say(box, words) {
  box.querySelector("[role=status]").textContent = words;
}

function askInstead(box) {
  const hidden = box.querySelector("noscript");
  const question = document.createElement("div");
  question.innerHTML = hidden.textContent;
  hidden.replaceWith(question);
  say(box, "");
}
