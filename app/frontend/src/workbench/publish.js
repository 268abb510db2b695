// The pages of the publish gate and of any file as text. Both work without it except for editing.
import { openTextPage } from "./text-page.js";

const place = document.getElementById("text");
if (place) openTextPage(place);

// Whoever types a time means it.
const at = document.getElementById("at"), later = document.getElementById("later");
at?.addEventListener("input", () => { later.checked = true; });

// Whoever decides a place of a file wants the file put together.
document.addEventListener("change", ({ target }) => {
  if (!target.name?.startsWith("piece:")) return;
  const merged = target.closest("fieldset").querySelector("input[value=merged]");
  if (merged) merged.checked = true;
});
