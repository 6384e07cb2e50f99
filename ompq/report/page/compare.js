// SPDX-License-Identifier: MIT
// Several plans or runs of one model side by side.
import {chart} from "./chart.js";
import {bytes, count, duration, h, percent, section, shorten} from "./dom.js";
import {columnsFor, filteredTable} from "./layers.js";
import {describeWidth, layerBars} from "./network.js";

const seconds = (run) => (run.seconds ?? []).reduce(
  (sum, [, each]) => sum + each, 0);

/// What is compared: a title, the number, its text, and whether less is better.
const kFacts = [
  ["File", (run) => run.totals.file_bytes, bytes, true],
  ["Weights at their widths", (run) => run.totals.payload_bytes, bytes, true],
  ["Bits per weight", (run) => run.totals.average_bits, (n) => n.toFixed(2), true],
  ["Bit operations", (run) => run.totals.bit_operations,
    (n) => `${(n / 1e9).toPrecision(3)} G`, true],
  ["Top-1", (run) => run.quantized?.top1, percent, false],
  ["Top-1 in float", (run) => run.float?.top1, percent, undefined],
  ["Images", (run) => run.quantized?.images, count, undefined],
  ["Time", (run) => seconds(run) || undefined, duration, true],
];

function factRow([title, value, text, isLess], runs) {
  const values = runs.map(value);
  const known = values.filter((each) => each !== undefined);
  if (known.length === 0) {
    return null;
  }
  const best = isLess === undefined || new Set(known).size === 1 ? undefined
    : isLess ? Math.min(...known) : Math.max(...known);
  return h("tr", {}, h("th", {scope: "row", class: "text"}, title),
    values.map((each) => h("td", {class: "number"},
      each === undefined ? "\u2013" : text(each),
      each !== undefined && each === best &&
        h("span", {class: "best", title: "the best"}, " \u2605"))));
}

export function factsTable(runs) {
  return h("div", {class: "scroll", tabindex: "0", role: "region",
    "aria-label": "runs"}, h("table", {class: "facts-table"},
    h("thead", {}, h("tr", {}, h("th"), runs.map((run) => h(
      "th", {scope: "col", class: "number", title: run.name},
      shorten(run.name, 28))))),
    h("tbody", {}, kFacts.map((fact) => factRow(fact, runs)).filter(Boolean))));
}

export const summarySection = (runs) => section(
  "summary", "Side by side", "A star marks the best of a line.",
  factsTable(runs));

export const widthsSection = (runs) => section(
  "network", "Bits along the network", null,
  runs.map((run, i) => h("div", {class: "part"}, h("h3", {}, run.name),
    chart(`bits of each layer: ${run.name}`, (width) => layerBars(
      width, run.layers, "bits", "bits", describeWidth, {
        height: i + 1 < runs.length ? 120 : 146, ticks: [2, 4, 6, 8],
        domain: [0, Math.max(8, ...run.layers.map((layer) => layer.bits))],
        isLast: i + 1 === runs.length})))));

/// The layers of the first run with the widths of all.
function joinedLayers(runs) {
  return runs[0].layers.map((layer, i) => {
    const widths = runs.map((run) => run.layers[i].bits);
    return {...layer, widths, differs: new Set(widths).size > 1,
      ...Object.fromEntries(widths.map((bits, k) => [`bits_${k}`, bits])),
      ...Object.fromEntries(runs.map(
        (run, k) => [`after_${k}`, run.layers[i].after]))};
  });
}

export function differencesSection(runs) {
  const layers = joinedLayers(runs);
  const cell = (layer, bits) => bits === undefined ? ""
    : layer.differs ? h("strong", {}, String(bits)) : String(bits);
  const fixed = columnsFor(layers).filter(
    ({key}) => ["index", "name", "kind", "weights", "macs"].includes(key));
  const own = runs.map((run, k) => ({
    key: `bits_${k}`, title: shorten(run.name, 20), hint: `bits in ${run.name}`,
    text: (layer) => cell(layer, layer[`bits_${k}`])}));
  const noise = runs.map((run, k) => ({
    key: `after_${k}`, title: `dB ${shorten(run.name, 16)}`,
    hint: `SQNR at the layer's output in ${run.name}`,
    text: (layer) => layer[`after_${k}`]?.toFixed(1) ?? ""}))
    .filter(({key}) => layers.some((layer) => layer[key] !== undefined));
  const different = layers.filter((layer) => layer.differs).length;
  return section(
    "layers", "Layers",
    different === 0 ? "All widths of weights are the same."
      : `${count(different)} of ${count(layers.length)} layers differ; their ` +
        "widths stand in bold.",
    filteredTable(layers, [...fixed, ...own, ...noise], {
      label: "only those that differ", test: (layer) => layer.differs}));
}
