// SPDX-License-Identifier: MIT
// What reconstruction and training did: SQNR of layers, loss curves.
import {
  dot, line, link, pointer, pointerX, tip,
} from "@observablehq/plot";

import {chart, figure as draw, logTicks, tipStyle} from "./chart.js";
import {
  figure, h, legend, missing, section, shorten, signed,
} from "./dom.js";

const describeLayer = (layer) => [
  `${layer.index}. ${shorten(layer.name)}, ${layer.bits} bits`,
  layer.before !== undefined
    ? `${layer.before.toFixed(1)} dB before, ${layer.after.toFixed(1)} dB after (${
      signed(layer.after - layer.before, 1)})`
    : `${layer.after.toFixed(1)} dB`,
].join("\n");

const drawLayers = (layers, width) => draw(width, {
  height: 300,
  x: {label: "layer", domain: [0, layers.at(-1).index + 1],
    ticks: Math.min(layers.length, 10),
    tickFormat: (tick) => Number.isInteger(tick) ? String(tick) : ""},
  y: {label: "SQNR in dB (higher is better)", grid: true, nice: true},
  marks: [
    link(layers.filter((layer) => layer.before !== undefined), {
      x1: "index", x2: "index", y1: "before", y2: "after",
      stroke: "var(--quiet)", strokeWidth: layers.length > 200 ? 1 : 2}),
    dot(layers.filter((layer) => layer.before !== undefined), {
      x: "index", y: "before", stroke: "var(--muted)", fill: "var(--card)",
      r: layers.length > 200 ? 1.5 : 3}),
    dot(layers, {x: "index", y: "after", fill: "var(--accent)",
      r: layers.length > 200 ? 1.5 : 3.5}),
    tip(layers, pointerX({
      x: "index", y: "after", title: describeLayer, ...tipStyle})),
  ],
});

export function sqnrSection(run) {
  const layers = run.layers.filter((layer) => layer.after !== undefined);
  const title = "Signal to noise of layers";
  if (layers.length === 0) {
    return section("sqnr", title, null, missing(
      "Not measured here. ompq quantize measures it and writes record.json."));
  }
  const hasBefore = layers.some((layer) => layer.before !== undefined);
  return section(
    "sqnr", title,
    "At each layer's output, quantized against float: 10 dB more is a tenth " +
      "of the squared error.",
    legend(...hasBefore ? [["ring", "rounded to the nearest"]] : [],
      ["dot", "reconstructed"]),
    chart("SQNR of each layer", (width) => drawLayers(layers, width)));
}

const lossPoints = (units) => units.flatMap((unit) => unit.losses.map(
  ([step, loss]) => ({unit: unit.name, step, loss,
    isLast: unit === units.at(-1)})));

/// Many lines are fainter than few.
const faint = (points) => Math.max(
  0.06, Math.min(0.45, 12 / new Set(points.map(({unit}) => unit)).size));

const drawLosses = (points, width, opacity = faint(points)) => draw(width, {
  height: 300,
  marginLeft: 60,
  x: {label: "gradient step", nice: true, zero: true},
  y: {type: "log", label: "loss (lower is better)", grid: true,
    ticks: logTicks(points.map((point) => point.loss)), tickFormat: "~g"},
  marks: [
    line(points, {x: "step", y: "loss", z: "unit",
      stroke: (point) => point.isLast ? "var(--accent)" : "var(--muted)",
      strokeOpacity: (point) => point.isLast ? 1 : opacity,
      strokeWidth: (point) => point.isLast ? 2 : 1.2}),
    tip(points, pointer({x: "step", y: "loss",
      title: (point) => `${shorten(point.unit)}\nstep ${point.step}, loss ${
        figure(point.loss)}`, ...tipStyle})),
  ],
});

export function lossSection(run) {
  const units = (run.units ?? []).filter((unit) => unit.losses.length > 0);
  const points = lossPoints(units).filter((point) => point.loss > 0);
  const title = "Loss of reconstruction";
  if (points.length === 0) {
    return section("losses", title, null, missing(
      "No loss curves here: no gradient steps were taken, or the record is of " +
        "an older ompq."));
  }
  return section(
    "losses", title,
    "Error of each unit's output over the output's variance, while its " +
      "integers are learned.",
    legend(["line", units.at(-1).name], ["faint", "the other units"]),
    chart("loss of each unit by step", (width) => drawLosses(points, width)));
}

const isAccuracy = (name) => /top|acc/i.test(name);
const isLoss = (name) => /loss|error/i.test(name);

function drawTraining(curves, unit, label, width) {
  const points = curves.flatMap((curve, order) => curve.points.map(
    ([x, y]) => ({name: curve.name, order, x, y})));
  const dashes = ["none", "6 4", "2 3", "8 3 2 3"];
  return draw(width, {
    height: 260,
    marginLeft: 60,
    x: {label: unit, nice: true},
    y: {label, grid: true, nice: true, percent: label === "per cent"},
    marks: [
      curves.map((curve, order) => line(
        points.filter((point) => point.order === order), {
          x: "x", y: "y", stroke: order === 0 ? "var(--accent)" : "var(--muted)",
          strokeDasharray: dashes[order % dashes.length], strokeWidth: 2})),
      dot(points, {x: "x", y: "y", r: 2.5,
        fill: (point) => point.order === 0 ? "var(--accent)" : "var(--muted)"}),
      tip(points, pointer({x: "x", y: "y", ...tipStyle,
        title: (point) => `${point.name}\n${unit} ${point.x}: ${
          figure(point.y)}`})),
    ],
  });
}

const lineMarks = ["line", "dashed", "dotted", "dotted"];

export function trainingSection(run) {
  const title = "Training";
  if (!run.training || run.training.curves.length === 0) {
    return section("training", title, null, missing(
      "No training here. ompq train writes the history of its epochs."));
  }
  const {curves, unit} = run.training;
  const groups = [
    ["loss", curves.filter((curve) => isLoss(curve.name))],
    ["per cent", curves.filter((curve) =>
      isAccuracy(curve.name) && !isLoss(curve.name))],
  ].filter(([, group]) => group.length > 0);
  return section("training", title, null, groups.map(([label, group]) => h(
    "div", {},
    legend(...group.map((curve, i) => [lineMarks[i % 4], curve.name])),
    chart(`${label} by ${unit}`, (width) =>
      drawTraining(group, unit, label, width)))));
}
