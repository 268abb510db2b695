// Bundles the styles and scripts of the pages into ../static/dist. `npm ci && npm run build` is all it takes.
// Three bundles: base (every page), diagram (only where a diagram is shown), icons (the few that are used, as one sprite).
// Nothing is fetched from elsewhere at run time and nothing here knows a procedure.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const APP = new URL("..", import.meta.url).pathname;
const OUT = join(APP, "static/dist");
const PAGES = [`${APP}templates/**/*.html`, `${APP}!(frontend|static)/**/*.py`, `${APP}frontend/src/*.{css,js}`];
// Classes put together from parts in templates or Python, which a scan cannot see.
const KEPT = [/^(btn|badge|alert|bg|text|border|status|form|is|input|table|card|col|w|h|d|ms|me|mt|mb|p[xy]?|m[xy]?|gap|g)(-|$)/, /^was-/];

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: { base: "src/base.js", diagram: "src/diagram.js", "base-style": "src/base.css", "diagram-style": "src/diagram.css" },
  bundle: true, minify: true, target: "es2020", format: "iife", outdir: OUT, charset: "utf8", legalComments: "linked",
  loader: { ".woff2": "empty", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" },
  logLevel: "warning",
});
await purge("base-style.css");
await writeSprite();
await writeManifest();

async function purge(name) {
  const file = join(OUT, name);
  const [kept] = await new PurgeCSS().purge({
    css: [file], content: PAGES, variables: true,
    safelist: { standard: KEPT, variables: [/^--tblr-(?!(gray-\d|.*-darken)).*/] },
  });
  await writeFile(file, kept.css);
}

async function writeSprite() {
  const names = new Set(JSON.parse(await readFile("src/icons.json", "utf8")));
  for (const text of await pageTexts()) for (const [, name] of text.matchAll(/icon\(\s*["']([a-z0-9-]+)["']/g)) names.add(name);
  const symbols = await Promise.all([...names].sort().map(symbol));
  await writeFile(join(OUT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

async function symbol(name) {
  const svg = await readFile(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
}

async function pageTexts() {
  const files = await readdir(join(APP, "templates"), { recursive: true });
  return Promise.all(files.filter((f) => f.endsWith(".html")).map((f) => readFile(join(APP, "templates", f), "utf8")));
}

// The digest goes into each address, so that a page never meets yesterday's style.
async function writeManifest() {
  const files = (await readdir(OUT)).filter((f) => /\.(css|js|svg)$/.test(f));
  const digests = await Promise.all(files.map(async (f) => [f, createHash("sha256").update(await readFile(join(OUT, f))).digest("hex").slice(0, 10)]));
  await writeFile(join(OUT, "manifest.json"), JSON.stringify(Object.fromEntries(digests.sort()), null, 1));
}
