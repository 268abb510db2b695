// The page of the player: fetches the track of a case, gives the player the addresses of this service, keeps the frame in the address.
import { mountPlayer } from "./player-core.js";

const place = document.querySelector("[data-player]");
if (place) begin(place).catch(() => {
  place.querySelector("[data-wait]").hidden = true;
  place.querySelector("[data-failed]").hidden = false;
});

async function begin(root) {
  const { track, looks, diagrams, others } = root.dataset;
  const wait = root.querySelector("[data-wait]");
  wait.hidden = false;
  const found = await fetch(track).then(whole).then((answer) => answer.json());
  wait.hidden = true;
  const player = mountPlayer(root, found, {
    diagram: (release, process) => fetch(diagrams.replace("RELEASE", release).replace("PROCESS", process)).then(whole).then((answer) => answer.text()),
    detail: (seq) => fetch(looks.replace(/0$/, seq), { headers: { "X-Requested-With": "player" } }).then(whole).then((answer) => answer.text()),
    showsFiles: true,
    other: (link, frame) => others.replace("/0/", `/${frame.seq}/`).replace("999999999", link.case_id),
    start: asked(),
    moved: (seq) => history.replaceState(history.state, "", `#${seq}`),
  });
  window.addEventListener("hashchange", () => player.go(player.place(asked())));
}

const asked = () => Number(location.hash.slice(1) || new URLSearchParams(location.search).get("at")) || 1; // a fragment does not survive the question what for

function whole(answer) {
  if (!answer.ok) throw new Error(answer.statusText);
  return answer;
}
