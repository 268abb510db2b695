// Small helpers of the player: making elements, icons of its own (it runs offline too), words with a place in them.
const SHAPES = {
  first: "M20 5v14l-12-7zM4 5v14", previous: "M15 6l-6 6l6 6", play: "M7 4v16l13-8z", pause: "M6 5h4v14h-4zM14 5h4v14h-4z", next: "M9 6l6 6l-6 6", last: "M4 5v14l12-7zM20 5v14",
  in: "M12 5v14M5 12h14", out: "M5 12h14", whole: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5", here: "M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 3v3M12 18v3M3 12h3M18 12h3", keys: "M9 9a3 3 0 1 1 4 2.8c-.8.4-1 .9-1 2.2M12 18v.01",
};

export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  Object.entries({ viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true", class: "play-icon" })
    .forEach(([key, value]) => svg.setAttribute(key, value));
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

export const put = (words, value) => (words || "").replace("%", value);
export const time = (at) => (at || "").slice(0, 19).replace("T", " ");
export const money = (fen) => `¥${(fen / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2 })}`;
