// Bundles the styles and scripts of the pages into ../static/dist. `npm ci && npm run build` is all it takes.
// Three bundles: base (every page), diagram (only where a diagram is shown), icons (the few that are used, as one sprite).
// Nothing is fetched from elsewhere at run time and nothing here knows a procedure.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { PurgeCSS } from "purgecss";

const APP = new URL("..", import.meta.url).pathname;
const DONE = join(APP, "static/dist");
const OUT = join(APP, "static/.dist-new"); // put in its place as a whole: a page asked for meanwhile finds all or what was there
const PAGES = [`${APP}templates/**/*.html`, `${APP}{rendering,routes,materials,payments}/**/*.py`, `${APP}frontend/src/*.{css,js}`];
// Classes put together from parts in templates or Python, which a scan cannot see.
const KEPT = [/^(btn|badge|alert|form|input|col)(-|$)/, /^is-(in)?valid$/];

// The workbench: one bundle per editor, loaded only where it is used. Their icon fonts become files.
const WORKBENCH = ["diagram", "table", "form", "report", "play", "changes", "moves", "text", "findings", "scenarios", "publish", "whatif"];
// The auditors' desk: one bundle per page that draws.
const AUDIT = ["player", "insight", "offline"];

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: { base: "src/base.js", diagram: "src/diagram.js", upload: "src/upload.js", crop: "src/crop.js", "proof-worker": "node_modules/altcha/dist/workers/pbkdf2.js", "base-style": "src/base.css", "diagram-style": "src/diagram.css" },
  bundle: true, minify: true, target: "es2020", format: "iife", outdir: OUT, charset: "utf8", legalComments: "linked",
  loader: { ".woff2": "empty", ".woff": "empty", ".ttf": "empty", ".eot": "empty", ".svg": "empty" },
  logLevel: "warning",
});
await build({
  entryPoints: Object.fromEntries([...WORKBENCH.map((name) => [`workbench-${name}`, `src/workbench/${name}.js`]), ["workbench-style", "src/workbench/workbench.css"], ...AUDIT.map((name) => [`audit-${name}`, `src/audit/${name}.js`]), ["audit-style", "src/audit/audit.css"]]),
  bundle: true, minify: true, target: "es2020", format: "iife", outdir: OUT, charset: "utf8", legalComments: "linked",
  loader: { ".woff2": "file", ".woff": "file", ".ttf": "empty", ".eot": "empty", ".svg": "dataurl" }, assetNames: "[name]-[hash]",
  logLevel: "warning",
});
await purge("base-style.css");
await writeSprite();
await writeManifest();
await rm(DONE, { recursive: true, force: true });
await rename(OUT, DONE);

async function purge(name) {
  const file = join(OUT, name);
  const [kept] = await new PurgeCSS().purge({
    css: [file], content: PAGES, variables: true,
    safelist: { standard: KEPT, variables: [/^--tblr-(?!(gray-\d|.*-darken)).*/] },
  });
  await writeFile(file, kept.css);
}

// Which icons are used cannot be told from the calls alone (names come through macros): every quoted word that is one counts.
async function writeSprite() {
  const known = new Set((await readdir("node_modules/@tabler/icons/icons/outline")).map((f) => f.replace(/\.svg$/, "")));
  const used = new Set();
  for (const text of await sources()) for (const [, name] of text.matchAll(/["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g)) if (known.has(name)) used.add(name);
  const symbols = await Promise.all([...used].sort().map(symbol));
  await writeFile(join(OUT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
}

async function symbol(name) {
  const svg = await readFile(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
  const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
}

async function sources() {
  const found = [];
  for (const [folder, ending] of [["templates", ".html"], ["routes/pages", ".py"], ["routes/workbench", ".py"], ["routes/audit", ".py"]]) {
    const files = await readdir(join(APP, folder), { recursive: true });
    for (const f of files.filter((name) => name.endsWith(ending))) found.push(await readFile(join(APP, folder, f), "utf8"));
  }
  return found;
}

// The digest goes into each address, so that a page never meets yesterday's style.
async function writeManifest() {
  const files = (await readdir(OUT)).filter((f) => /\.(css|js|svg)$/.test(f));
  const digests = await Promise.all(files.map(async (f) => [f, createHash("sha256").update(await readFile(join(OUT, f))).digest("hex").slice(0, 10)]));
  await writeFile(join(OUT, "manifest.json"), JSON.stringify(Object.fromEntries(digests.sort()), null, 1));
}
