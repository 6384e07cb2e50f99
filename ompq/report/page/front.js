// SPDX-License-Identifier: MIT
// The trade-off curve of a sweep; the pointer chooses the plan below it.
import {dot, line, pointer, text, tip} from "@observablehq/plot";

import {chart, figure as draw, logTicks, tipStyle} from "./chart.js";
import {frontQuantity} from "./data.js";
import {
  budgetNames, budgetText, bytes, figure, h, missing, section, shorten,
} from "./dom.js";
import {layerBars} from "./network.js";

/// One point for each different plan, with what is drawn of it.
function differentPlans(front) {
  const quantity = frontQuantity(front);
  const hasLoss = front.points.every((point) => point.loss !== undefined);
  const points = front.points.map((point, index) => ({
    ...point,
    quantity: point[quantity],
    value: hasLoss ? point.loss : point.objective,
    isPicked: index === front.picked,
  }));
  return points.filter((point, i) => point.isPicked || i === 0 ||
    String(point.bits) !== String(points[i - 1].bits));
}

function describe(front, hasLoss) {
  return (point) => [
    point.isPicked && "the chosen plan",
    `${axisName(front)}: ${
      budgetText(front.budget, point.quantity)}`,
    `${point.average_bits.toFixed(2)} bits per weight, file at most ${
      bytes(point.file_bytes)}`,
    `${hasLoss ? "predicted loss" : "score"} ${figure(point.value)}`,
    point.gap === 0 ? "proved optimal" : `gap ${figure(point.gap)}`,
  ].filter(Boolean).join("\n");
}

/// What the horizontal axis is called.
const axisName = (front) => front.budget === "file_size" ? "file size"
  : budgetNames[front.budget] ?? front.budget;

/// What the horizontal axis counts in, and how that is written.
function axisUnit(front, points) {
  const largest = Math.max(...points.map((point) => point.quantity));
  if (front.budget === "average_bits") {
    return [1, ""];
  }
  if (!/size|payload|memory|bytes/.test(front.budget)) {
    return largest < 1e9 ? [1e6, ", millions"] : [1e9, ", thousand millions"];
  }
  return largest < 2 ** 21 ? [2 ** 10, ", KiB"] : [2 ** 20, ", MiB"];
}

function drawCurve(front, points, width, hasLoss) {
  const values = points.map((point) => point.value);
  const isLog = hasLoss && values.every((value) => value > 0);
  const [unit, unitName] = axisUnit(front, points);
  const picked = points.filter((point) => point.isPicked);
  return draw(width, {
    height: 340,
    marginLeft: 60,
    x: {label: `${axisName(front)}${unitName}`,
      nice: true, transform: (quantity) => quantity / unit,
      ticks: width / 90},
    y: {label: hasLoss ? "predicted loss (lower is better)"
      : "score (higher is better)", grid: true,
    ...isLog ? {type: "log", ticks: logTicks(values)} : {nice: true},
    tickFormat: "~g"},
    marks: [
      line(points, {x: "quantity", y: "value", stroke: "var(--accent)",
        strokeWidth: 2, curve: "step-after"}),
      dot(points, {x: "quantity", y: "value", fill: "var(--accent)", r: 3.5}),
      dot(picked, {x: "quantity", y: "value", r: 8, stroke: "var(--ink)",
        strokeWidth: 2}),
      text(picked, {x: "quantity", y: "value", text: () => "chosen", dy: -16,
        fontWeight: 600}),
      tip(points, pointer({x: "quantity", y: "value",
        title: describe(front, hasLoss), ...tipStyle})),
    ],
  });
}

const layersOf = (front, point) => front.layers.map((name, i) => ({
  name, index: i + 1, bits: point.bits[i]}));

const describeLayer = (layer) =>
  `${layer.index}. ${shorten(layer.name)}\n${layer.bits} bits`;

export function frontSection(front) {
  const title = "Trade-off";
  if (!front) {
    return section("front", title, null, missing(
      "No sweep here. ompq sweep -o front.json finds the best plan of every " +
        "budget; give front.json as well."));
  }
  const points = differentPlans(front);
  const hasLoss = front.points.every((point) => point.loss !== undefined);
  let current = points.find((point) => point.isPicked);
  const caption = h("p", {class: "readout", "aria-live": "polite"});
  const bars = chart("bits of the plan under the pointer", (width) => layerBars(
    width, layersOf(front, current), "bits", "bits", describeLayer,
    {height: 150, ticks: [2, 4, 6, 8], domain: [0, 8], isLast: true}));
  const show = (point) => {
    current = point;
    caption.textContent = `${point.isPicked ? "The chosen plan" : "A plan"} of ${
      budgetText(front.budget, point.quantity)}, ${
      front.budget === "average_bits" ? `a file of at most ${
        bytes(point.file_bytes)}`
        : `${point.average_bits.toFixed(2)} bits per weight`}:`;
    bars.again?.();
  };
  show(current);
  return section(
    "front", title,
    `The best plan of each of ${front.points.length} budgets; ${
      points.length} of them differ. Point at one to see its widths.`,
    chart("trade-off curve", (width) => {
      const curve = drawCurve(front, points, width, hasLoss);
      curve.addEventListener("input", () => {
        if (curve.value && curve.value !== current) {
          show(curve.value);
        }
      });
      return curve;
    }),
    caption, bars);
}
