// SPDX-License-Identifier: MIT
// Importance: gamma of each layer with its interval.
import {dot, pointerX, ruleX, tip} from "@observablehq/plot";

import {chart, figure as draw, tipStyle} from "./chart.js";
import {figure, h, legend, missing, section, shorten} from "./dom.js";

const hasInterval = (layer) => layer.gamma_low !== undefined;

const describe = (layer) => [
  `${layer.index}. ${shorten(layer.name)}`,
  `gamma ${figure(layer.gamma)}`,
  hasInterval(layer) &&
    `interval ${figure(layer.gamma_low)} to ${figure(layer.gamma_high)}`,
  layer.theta !== undefined && `importance (theta) ${figure(layer.theta)}`,
].filter(Boolean).join("\n");

const drawGamma = (layers, width) => draw(width, {
  height: 260,
  x: {label: "layer", domain: [0, layers.at(-1).index + 1],
    ticks: Math.min(layers.length, 10),
    tickFormat: (tick) => Number.isInteger(tick) ? String(tick) : ""},
  y: {label: "gamma", grid: true, nice: true, zero: true},
  marks: [
    ruleX(layers.filter(hasInterval), {
      x: "index", y1: "gamma_low", y2: "gamma_high",
      stroke: "var(--quiet)", strokeWidth: layers.length > 200 ? 1 : 3,
      strokeLinecap: "round"}),
    dot(layers, {
      x: "index", y: "gamma", fill: "var(--accent)",
      r: layers.length > 200 ? 1.5 : 3.5}),
    tip(layers, pointerX({
      x: "index", y: "gamma", title: describe, ...tipStyle})),
  ],
});

export function importanceSection(run) {
  const layers = run.layers.filter((layer) => layer.gamma !== undefined);
  const title = "Importance";
  if (layers.length === 0) {
    return section("importance", title, null, missing(
      "Not measured here. ompq search with the score ompq measures gamma and " +
        "writes it to plan.json."));
  }
  return section(
    "importance", title,
    "Gamma is how much a layer overlaps with all others; a small gamma makes " +
      "its bits worth more. Where intervals overlap, the order is not certain.",
    legend(["dot", "gamma"],
      ...layers.some(hasInterval)
        ? [["bar", "bootstrap interval over the images"]] : []),
    chart("gamma of each layer", (width) => drawGamma(layers, width)));
}
