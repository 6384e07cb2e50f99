// SPDX-License-Identifier: MIT
// Along the network: widths above weights and multiply-accumulates.
import {
  link, pointerX, rectY, ruleX, ruleY, tip,
} from "@observablehq/plot";

import {chart, figure as draw, tipStyle} from "./chart.js";
import {count, legend, section, short, shorten} from "./dom.js";

/// One row of bars over the layers.
///
/// @param key    field of a layer
/// @param title  of the vertical axis
/// @param describe(layer)  text at the pointer
export function layerBars(width, layers, key, title, describe, options = {}) {
  const shown = layers.filter((layer) => layer[key] !== undefined);
  const inset = layers.length > width / 6 ? 0 : 0.5;
  return draw(width, {
    height: options.height ?? 124,
    marginBottom: options.isLast ? 36 : 6,
    x: {domain: [0.5, layers.length + 0.5],
      label: options.isLast ? "layer" : null,
      ticks: options.isLast ? Math.min(layers.length, 10) : [],
      tickFormat: (tick) => Number.isInteger(tick) ? String(tick) : ""},
    y: {label: title, nice: true, zero: true, ticks: options.ticks ?? 3,
      tickFormat: options.format ?? "d", grid: true, domain: options.domain},
    marks: [
      ruleY([0], {stroke: "var(--edge)"}),
      rectY(shown, {
        x1: (layer) => layer.index - 0.5, x2: (layer) => layer.index + 0.5,
        y: key, inset, fill: options.fill ?? "var(--accent)"}),
      options.marks ?? [],
      ruleX(shown, pointerX({
        x: "index", py: key, stroke: "var(--ink)", strokeOpacity: 0.35})),
      tip(shown, pointerX({
        x: "index", y: key, title: describe, ...tipStyle})),
    ],
  });
}

export const describeWidth = (layer) =>
  `${layer.index}. ${shorten(layer.name)}\n${layer.bits} bits, activation ${
    layer.act === undefined ? "float" : `${layer.act} bits`}\n${
    count(layer.weights)} weights${
    layer.macs === undefined ? "" : `, ${short(layer.macs)} MACs`}`;

function widthRow(width, layers) {
  const widest = Math.max(
    8, ...layers.map((layer) => Math.max(layer.bits, layer.act ?? 0)));
  return layerBars(width, layers, "bits", "bits", describeWidth, {
    height: 200,
    domain: [0, widest],
    ticks: [2, 4, 6, 8, 12, 16].filter((tick) => tick <= widest),
    marks: [tickActivations(layers)],
  });
}

/// The width of each layer's input as a short line.
const tickActivations = (layers) => link(
  layers.filter((layer) => layer.act !== undefined), {
    x1: (layer) => layer.index - 0.45, x2: (layer) => layer.index + 0.45,
    y1: "act", y2: "act", stroke: "var(--ink)", strokeWidth: 1.5,
  });

export function networkSection(run) {
  const layers = run.layers;
  const knowsMacs = layers.some((layer) => layer.macs !== undefined);
  return section(
    "network", "Bits along the network",
    "Layers in order: how wide their weights are, how many they are, and how " +
      "often they are used.",
    legend(["fill", "weights"], ["dash", "input of the layer"]),
    chart("bits of each layer", (width) => widthRow(width, layers)),
    chart("weights of each layer", (width) => layerBars(
      width, layers, "weights", "weights", describeWidth,
      {fill: "var(--quiet)", format: short, isLast: !knowsMacs})),
    knowsMacs && chart("multiply-accumulates of each layer", (width) => layerBars(
      width, layers, "macs", "MACs", describeWidth,
      {fill: "var(--quiet)", format: short, isLast: true})));
}
