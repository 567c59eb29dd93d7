// Builds the page: one style sheet, one script, and one more with the charts that is fetched when a view draws any.
// Names carry a hash of what is inside, so that browsers may keep them for ever. Beside each file lies its gzip.

import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const SOURCE = import.meta.dirname;
const ROOT = dirname(SOURCE);
const BUILT = join(ROOT, "functions", "http", "built");
const PACKAGE = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const LICENCES = ["LICENSE", "LICENSE.md"];

const { metafile, outputFiles } = await build({
  absWorkingDir: ROOT,
  entryPoints: { main: "pages/source/main.tsx", style: "pages/source/styles/index.css" },
  outdir: "pages",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "warning",
});

/** Returns the licences of all packages that the page is made of: they want to come along. */
async function notices() {
  const used = new Set(Object.keys(metafile.inputs).flatMap((path) => PACKAGE.exec(path)?.[1] ?? []));
  const texts = [...used]
    .sort()
    .map(async (name) => `${name}\n\n${await licence(join(ROOT, "node_modules", name))}`);
  return (await Promise.all(texts)).join(`\n\n${"-".repeat(80)}\n\n`);
}

async function licence(folder) {
  for (const name of LICENCES) {
    const text = await readFile(join(folder, name), "utf8").catch((error) =>
      error.code === "ENOENT" ? null : Promise.reject(error),
    );
    if (text) return text.trim();
  }
  throw new Error(`${folder} has no licence to show`);
}

/** Returns the document, with the names that script and style sheet were given. */
async function page() {
  const entries = Object.entries(metafile.outputs).filter(([, made]) => made.entryPoint);
  const names = new Map(
    entries.map(([path]) => [basename(path).replace(/-[A-Z0-9]{8}/, ""), basename(path)]),
  );
  const template = await readFile(join(SOURCE, "index.html"), "utf8");
  return template.replaceAll(/\{\{([^}]+)\}\}/g, (_, name) => `pages/${names.get(name)}`);
}

const files = new Map([
  ...outputFiles.map((file) => [basename(file.path), Buffer.from(file.contents)]),
  ["index.html", Buffer.from(await page())],
  ["icon.svg", await readFile(join(SOURCE, "icon.svg"))],
  ["notices.txt", Buffer.from(await notices())],
]);
const fresh = `${BUILT}.new`;
await rm(fresh, { recursive: true, force: true });
await mkdir(fresh, { recursive: true });
for (const [name, content] of files) {
  await writeFile(join(fresh, name), content);
  await writeFile(join(fresh, `${name}.gz`), gzipSync(content, { level: 9 }));
}
await rm(BUILT, { recursive: true, force: true });
await rename(fresh, BUILT);
