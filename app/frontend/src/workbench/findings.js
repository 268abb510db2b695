// The page of findings follows what others save: it is asked for again when somebody comes back to it, and now and then.
// Whoever has opened an explanation or stands on a button keeps the list as it is.
const place = document.getElementById("findings");
const EVERY = 20_000; // ms
let asking = false;

async function refresh() {
  if (asking || document.hidden || place.contains(document.activeElement) || place.querySelector("details[open]")) return;
  asking = true;
  try {
    const response = await fetch(place.dataset.address, { headers: { Accept: "text/html" } });
    if (response.ok && !response.redirected) place.innerHTML = await response.text();
  } catch { /* away: asked again later */ } finally { asking = false; }
}

if (place) {
  addEventListener("focus", refresh);
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, EVERY);
}
