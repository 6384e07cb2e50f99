// SPDX-License-Identifier: MIT
// The first thing to see: how large, how good, how long.
import {
  budgetNames, budgetText, bytes, count, duration, h, percent, signed,
} from "./dom.js";

function tile(title, value, ...notes) {
  return h(
    "div", {class: "tile"},
    h("dt", {}, title), h("dd", {class: "value"}, value),
    notes.filter(Boolean).map((note) => h("dd", {class: "note"}, note)));
}

function sizeTile(run) {
  const totals = run.totals;
  if (!totals) {
    return tile("Size", "\u2013", "no layers in these files");
  }
  const size = totals.file_bytes ?? totals.payload_bytes;
  const float = 4 * totals.weights;
  return tile(
    "Size", bytes(size),
    totals.file_bytes === undefined ? "the weights alone"
      : totals.is_file_measured ? "the file" : "the file, at most",
    float > size
      ? `${(float / size).toFixed(1)} times smaller than float weights (${
        bytes(float)})`
      : `float weights: ${bytes(float)}`);
}

function bitsTile(run) {
  if (!run.totals) {
    return null;
  }
  const widths = run.layers.map((layer) => layer.act);
  const known = [...new Set(widths.filter((bits) => bits !== undefined))].sort();
  const some = known.length > 0 && widths.includes(undefined);
  return tile(
    "Bits per weight", run.totals.average_bits.toFixed(2),
    known.length === 0 ? "activations in float"
      : `activations of ${known.join(", ")} bits${some ? ", some float" : ""}`,
    run.totals.bit_operations !== undefined &&
      `${(run.totals.bit_operations / 1e9).toPrecision(3)} G bit operations`);
}

function accuracyTile(run) {
  const now = run.quantized;
  const before = run.float;
  if (!now) {
    return tile("Accuracy", "\u2013", "not measured: give ompq quantize --eval");
  }
  return tile(
    "Accuracy (top-1)", percent(now.top1),
    before && `float ${percent(before.top1)}: ${
      signed(100 * (now.top1 - before.top1))} points`,
    `${count(now.images)} images`);
}

function timeTile(run) {
  const stages = run.seconds ?? [];
  if (stages.length === 0) {
    return null;
  }
  const sum = (some) => some.reduce((total, [, seconds]) => total + seconds, 0);
  const isEvaluation = ([name]) => name.startsWith("eval");
  const work = stages.filter((stage) => !isEvaluation(stage));
  const evaluations = stages.filter(isEvaluation);
  return tile(
    "Time", duration(sum(work)),
    evaluations.length > 0 &&
      `and ${duration(sum(evaluations))} to measure the accuracy`,
    run.peak_memory_bytes && `${bytes(run.peak_memory_bytes)} of memory`);
}

function budgetLine(budget) {
  const share = Math.min(1, budget.used / budget.limit);
  return h(
    "li", {},
    h("span", {class: "what"}, budgetNames[budget.kind] ?? budget.kind),
    h("span", {class: "meter", "aria-hidden": "true"},
      h("span", {style: `width:${(100 * share).toFixed(1)}%`})),
    h("span", {}, `${budgetText(budget.kind, budget.used)} of ${
      budgetText(budget.kind, budget.limit)} (${percent(share, 1)})`));
}

/// How sure the widths are: what the solver said.
function solverSentence(run) {
  if (!run.solver) {
    return null;
  }
  if (run.solver.method === "uniform") {
    return "One width for all layers; nothing was solved.";
  }
  return run.solver.gap === 0
    ? "Proved: no other plan within the budgets has a better score."
    : `Found by ${run.solver.method}: at most ${
      percent(run.solver.gap)} below the best score possible.`;
}

/// The tiles of a run, its budgets and how sure its widths are.
export function headline(run) {
  const budgets = run.budgets ?? [];
  const sentence = solverSentence(run);
  return h(
    "div", {id: "summary"},
    h("dl", {class: "tiles"}, [
      sizeTile(run), accuracyTile(run), bitsTile(run), timeTile(run),
    ].filter(Boolean)),
    budgets.length > 0 && h(
      "ul", {class: "budgets"}, budgets.map(budgetLine)),
    sentence && h("p", {class: "proof"}, sentence));
}
