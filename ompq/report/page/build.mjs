// SPDX-License-Identifier: MIT
// node build.mjs OUTPUT.html: installs what package-lock.json names, bundles
// script and style, and writes the page with its notices: one file, no network.
import {execFileSync} from "node:child_process";
import {createHash} from "node:crypto";
import {
  existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync,
} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2];

/// Packages as the lock file says, unless they are there already.
function installPackages() {
  const lock = join(folder, "package-lock.json");
  const mark = join(folder, "node_modules", ".installed-from");
  const wanted = readFileSync(lock, "utf8");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) {
    return;
  }
  execFileSync(
    "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    {cwd: folder, stdio: ["ignore", "ignore", "inherit"]});
  writeFileSync(mark, wanted);
}

async function bundle(entry) {
  const {build} = await import("esbuild");
  const result = await build({
    entryPoints: [join(folder, entry)],
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "iife",
    target: ["es2020"],
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
  });
  return {text: result.outputFiles[0].text.trim(), meta: result.metafile};
}

/// Name, version and licence text of every package that is in the bundle.
function licenceNotices(meta) {
  const used = new Set();
  for (const file of Object.values(meta.outputs)) {
    for (const [path, {bytesInOutput}] of Object.entries(file.inputs)) {
      const found = path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//);
      if (found && bytesInOutput > 0) {
        used.add(found[1]);
      }
    }
  }
  return [...used].sort().map((name) => {
    const place = join(folder, "node_modules", name);
    const {version, license} = JSON.parse(
      readFileSync(join(place, "package.json"), "utf8"));
    const file = readdirSync(place).find((each) => /^licen[cs]e/i.test(each));
    if (!file) {
      throw new Error(`${name}: the package has no licence file`);
    }
    const text = readFileSync(join(place, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join("\n----\n\n");
}

const escapeHtml = (text) => text.replace(
  /[&<>]/g, (c) => ({"&": "&amp;", "<": "&lt;", ">": "&gt;"}[c]));

installPackages();
const script = await bundle("main.js");
const style = await bundle("style.css");
// What ends a script element may not stand inside one.
const code = script.text.replace(/<\/script/gi, "<\\/script")
  .replace(/<!--/g, "<\\!--");
const hash = createHash("sha256").update(code).digest("base64");
const parts = {
  STYLE: style.text,
  SCRIPT: code,
  SCRIPT_HASH: `sha256-${hash}`,
  LICENCES: escapeHtml(licenceNotices(script.meta)),
};
const page = readFileSync(join(folder, "page.html"), "utf8")
  .replace(/@PAGE_([A-Z_]+)@/g, (mark, name) => parts[name]);
mkdirSync(dirname(output), {recursive: true});
writeFileSync(`${output}.part`, page);
renameSync(`${output}.part`, output);
