// Rows that can be dragged, with a mouse or a finger; the buttons beside them do the same without it.
import Sortable from "sortablejs";

for (const list of document.querySelectorAll("[data-sort]")) {
  Sortable.create(list, {
    animation: 120, delay: 120, delayOnTouchOnly: true, filter: "button, a", preventOnFilter: false,
    onEnd: () => {
      list.querySelectorAll("[data-sort-number]").forEach((place, at) => { place.textContent = at + 1; });
      const says = document.querySelector("[data-sort-says]");
      says.textContent = says.dataset.sortSays;
      const buttons = [...list.querySelectorAll("button")];
      for (const button of buttons) button.disabled = false;
      for (const [row, verbs] of [[list.firstElementChild, ["up:", "top:"]], [list.lastElementChild, ["down:"]]]) {
        for (const button of row.querySelectorAll("button")) button.disabled = verbs.some((verb) => button.value.startsWith(verb));
      }
    },
  });
}
