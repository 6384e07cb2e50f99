// SPDX-License-Identifier: MIT
// node benchmarks/readme_numbers.mjs [--check]: the table of numbers in README.md
// from those of docs/benchmarks.md, which the scripts of this folder print. With
// --check nothing is written; the status is 1 where README.md is out of date.
import {readFileSync, writeFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {fileURLToPath} from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const readme = join(root, "README.md");
const kBegin = "<!-- begin: node benchmarks/readme_numbers.mjs -->\n";
const kEnd = "<!-- end -->\n";

/// What README shows: the beginning of a row in docs/benchmarks.md, and the
/// line made of its cells.
const rows = [
  ["search, MobileNetV2", ([, time, other, ratio]) =>
    ["search, MobileNetV2, 64 decoded images", time,
      `one float pass of ONNX Runtime: ${first(other)} s; ratio ${ratio}`]],
  ["float inference, MobileNetV2", ([, time, other, ratio]) =>
    ["float inference, MobileNetV2, 64 images", time,
      `ONNX Runtime: ${other}; ratio ${ratio}`]],
  ["one step of each", ([, time, , plain, ratio]) =>
    ["a gradient step of all 20 units, MobileNetV2", time,
      `plain libtorch: ${plain}; ${ratio} times`]],
  ["resnet20-w2-fast", accuracy("ResNet-20 (CIFAR-10), 2 bits, `--effort fast`")],
  ["resnet20-w2 ", accuracy("ResNet-20 (CIFAR-10), 2 bits")],
  ["squeezenet-w4", accuracy("SqueezeNet 1.1, 4 bits")],
  ["mobilenet-w3-fast", accuracy("MobileNetV2, 3 bits, `--effort fast`")],
  ["mobilenet-w3 ", accuracy("MobileNetV2, 3 bits")],
  ["mobilenet-1.5MiB ", accuracy("MobileNetV2 in 1.5 MiB, 2 to 8 bits")],
  ["packed ", ([, bytes, , , two]) =>
    ["its packed file, MobileNetV2 of 4 bits", `${bytes} bytes`,
      `float 13,970,620; an image in ONNX Runtime: ${two.split(" ")[0]} ms, ${
        two.match(/\((.*)\)/)[1]} of float`]],
];

/// The number that a cell begins with.
function first(cell) {
  return cell.match(/^[\d.,]+/)[0];
}

/// A line about accuracy: mean of the seeds, against float.
function accuracy(title) {
  return ([, , float, quantized, seconds]) => [
    title, `top-1 ${quantized.split(" / ")[0]} %`,
    `float ${float} %; ${seconds.match(/^(about )?[\d.,]+/)[0]} s`];
}

function table() {
  const lines = readFileSync(join(root, "docs", "benchmarks.md"), "utf8")
    .split("\n");
  const body = rows.map(([begin, show]) => {
    const found = lines.find((line) => line.startsWith(`| ${begin}`));
    if (!found) {
      throw new Error(`docs/benchmarks.md has no row '${begin}'`);
    }
    const cells = found.split("|").slice(1, -1).map((cell) => cell.trim());
    return `| ${show(cells).join(" | ")} |`;
  });
  return ["| what | ompq | beside it |", "|---|---|---|", ...body, ""].join("\n");
}

const text = readFileSync(readme, "utf8");
const [before, rest] = text.split(kBegin);
const after = rest.slice(rest.indexOf(kEnd));
const wanted = `${before}${kBegin}\n${table()}\n${after}`;
if (!process.argv.includes("--check")) {
  writeFileSync(readme, wanted);
} else if (wanted !== text) {
  console.error("README.md is out of date: node benchmarks/readme_numbers.mjs");
  process.exit(1);
}
