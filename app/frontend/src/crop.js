// Cuts a photo to the asked shape in the browser; without this the server cuts it.
import Cropper from "cropperjs";

const form = document.querySelector("[data-crop]");
const photo = form.querySelector("[data-crop-photo]");
const [width, height, most] = [form.dataset.width, form.dataset.height, form.dataset.most].map(Number);
const STEP = 12; // pixels of the screen
const DEEDS = {
  in: (image) => image.$zoom(0.1), out: (image) => image.$zoom(-0.1),
  left: (image) => image.$move(-STEP, 0), right: (image) => image.$move(STEP, 0),
  up: (image) => image.$move(0, -STEP), down: (image) => image.$move(0, STEP),
  "turn-left": (image) => image.$rotate("-90deg"), "turn-right": (image) => image.$rotate("90deg"),
  again: (image) => image.$resetTransform().$center("cover"),
};
const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "in", "=": "in", "-": "out" };

const cropper = new Cropper(photo, {
  container: form.querySelector("[data-crop-stage]"),
  template: `<cropper-canvas background>
    <cropper-image rotatable scalable translatable></cropper-image><cropper-shade></cropper-shade>
    <cropper-handle action="move" plain></cropper-handle>
    <cropper-selection aspect-ratio="${width / height}" initial-coverage="0.9"><cropper-grid role="grid" covered></cropper-grid></cropper-selection>
  </cropper-canvas>`,
});
const image = cropper.getCropperImage();
const stage = form.querySelector("[data-crop-stage]");
stage.tabIndex = 0;
stage.classList.add("crop-on");
image.$ready(() => image.$center("cover"));
form.querySelectorAll("[data-crop-tools]").forEach((tools) => { tools.hidden = false; });
form.querySelector("[data-crop-plain]").hidden = true;

form.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-crop-do]");
  if (button) DEEDS[button.dataset.cropDo](image);
});

stage.addEventListener("keydown", (event) => {
  if (!KEYS[event.key]) return;
  event.preventDefault();
  DEEDS[KEYS[event.key]](image);
});

let ready = false;
form.addEventListener("submit", async (event) => {
  if (ready) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  try {
    const file = await cut();
    const bag = new DataTransfer();
    bag.items.add(file);
    const input = Object.assign(document.createElement("input"), { type: "file", name: "photo", hidden: true });
    input.files = bag.files;
    form.append(input);
    ready = true;
    form.requestSubmit();
  } catch {
    form.querySelector("[data-crop-says]").textContent = form.dataset.failed;
  }
}, true);

async function cut() {
  const drawn = await cropper.getCropperSelection().$toCanvas({ width, height });
  const flat = Object.assign(document.createElement("canvas"), { width, height });
  const pen = flat.getContext("2d");
  pen.fillStyle = "#fff"; // what lies beside the photo, or is transparent in it
  pen.fillRect(0, 0, width, height);
  pen.drawImage(drawn, 0, 0, width, height);
  for (const quality of [0.95, 0.85, 0.7, 0.5]) {
    const blob = await new Promise((done) => flat.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= most) return new File([blob], "photo.jpg", { type: "image/jpeg" });
  }
  throw new Error("too big");
}
