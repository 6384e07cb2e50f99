// SPDX-License-Identifier: MIT
// The table of layers: sorted by any column, filtered by name, kind and width.
import {bytes, count, h, section, short, shorten} from "./dom.js";

const number = (value, text) => value === undefined ? "" : text(value);

/// A width with a bar as long.
const bitsCell = (value) => value === undefined ? "float" : h(
  "span", {class: "bits"},
  String(value),
  h("span", {class: "track", "aria-hidden": "true"},
    h("span", {style: `width:${Math.min(value, 16) / 8 * 100}%`})));

const decibels = (value) => value.toFixed(1);

const kColumns = [
  {key: "index", title: "#", text: (layer) => String(layer.index)},
  {key: "name", title: "Layer", text: (layer) => layer.name, isText: true},
  {key: "kind", title: "Kind", text: (layer) => layer.kind, isText: true},
  {key: "weights", title: "Weights", text: (layer) => count(layer.weights)},
  {key: "macs", title: "MACs", optional: true,
    text: (layer) => number(layer.macs, short)},
  {key: "bits", title: "Bits", text: (layer) => bitsCell(layer.bits)},
  {key: "act", title: "Act", hint: "bits of the layer's input",
    text: (layer) => number(layer.act, String) || "float"},
  {key: "bytes", title: "Size", text: (layer) => bytes(layer.bytes)},
  {key: "gamma", title: "Gamma", optional: true,
    hint: "overlap with the other layers; small = orthogonal",
    text: (layer) => number(layer.gamma, (value) => value.toFixed(3))},
  {key: "error", title: "Error", optional: true,
    hint: "measured when only this layer has its width",
    text: (layer) => number(layer.error, (value) => value.toExponential(2))},
  {key: "before", title: "dB before", optional: true,
    hint: "SQNR at the layer's output, rounded to the nearest",
    text: (layer) => number(layer.before, decibels)},
  {key: "after", title: "dB after", optional: true,
    hint: "SQNR at the layer's output, reconstructed",
    text: (layer) => number(layer.after, decibels)},
];

/// Order of two values; what is not there stands last either way.
function compare(a, b, direction) {
  if (a === undefined || b === undefined) {
    return (a === undefined) - (b === undefined);
  }
  return direction * (typeof a === "string" ? a.localeCompare(b) : a - b);
}

function headerCell(column, state, update) {
  const sort = () => {
    state.direction =
      state.key === column.key ? -state.direction : column.isText ? 1 : -1;
    state.key = column.key;
    update();
  };
  return h(
    "th", {scope: "col", class: column.isText ? "text" : "number",
      title: column.hint, "data-key": column.key},
    h("button", {type: "button", click: sort}, column.title,
      h("span", {class: "arrow", "aria-hidden": "true"})));
}

function row(columns, layer) {
  return h("tr", {}, columns.map((column) => column.key === "name"
    ? h("th", {scope: "row", class: "text name", title: layer.name},
      shorten(layer.name))
    : h("td", {class: column.isText ? "text" : "number"}, column.text(layer))));
}

/// A drop-down list: all, or one of the values.
function choice(label, all, values, change) {
  return h(
    "label", {}, h("span", {}, label),
    h("select", {change: (event) => change(event.target.value)},
      h("option", {value: ""}, all),
      values.map((value) => h("option", {value: String(value)}, String(value)))));
}

function totalText(shown, layers) {
  const sum = (field) => shown.reduce((total, layer) => total + layer[field], 0);
  const weights = sum("weights");
  return `${shown.length === layers.length ? count(layers.length)
    : `${count(shown.length)} of ${count(layers.length)}`} layers, ${
    count(weights)} weights, ${bytes(sum("bytes"))}${weights > 0
    ? `, ${(8 * sum("bytes") / weights).toFixed(2)} bits per weight` : ""}`;
}

/// A table with the given columns and the fields that filter it.
///
/// @param extra  a switch more: {label, test(layer)}; may be absent
export function filteredTable(layers, columns, extra) {
  const state = {key: "index", direction: 1, text: "", kind: "", bits: "",
    isExtra: false};
  const body = h("tbody");
  const total = h("p", {class: "total", "aria-live": "polite"});
  const rows = new Map(layers.map((layer) => [layer, row(columns, layer)]));
  const head = h("tr");
  const update = () => {
    const shown = layers.filter((layer) =>
      layer.name.toLowerCase().includes(state.text) &&
      (state.kind === "" || layer.kind === state.kind) &&
      (state.bits === "" || String(layer.bits) === state.bits) &&
      (!state.isExtra || extra.test(layer)));
    shown.sort((a, b) => compare(a[state.key], b[state.key], state.direction));
    body.replaceChildren(...shown.map((layer) => rows.get(layer)));
    for (const cell of head.children) {
      cell.setAttribute("aria-sort", cell.dataset.key !== state.key ? "none"
        : state.direction > 0 ? "ascending" : "descending");
    }
    total.textContent = totalText(shown, layers);
  };
  const set = (field) => (value) => {
    state[field] = value;
    update();
  };
  head.append(...columns.map((column) => headerCell(column, state, update)));
  update();
  const distinct = (field) =>
    [...new Set(layers.map((layer) => layer[field]))].sort(
      (a, b) => compare(a, b, 1));
  return h(
    "div", {class: "filtered"},
    h("form", {class: "filters", submit: (event) => event.preventDefault()},
      h("label", {}, h("span", {}, "Name"),
        h("input", {type: "search", placeholder: "part of a name",
          input: (event) => set("text")(event.target.value.toLowerCase())})),
      choice("Kind", "all", distinct("kind"), set("kind")),
      choice("Bits", "all", distinct("bits"), set("bits")),
      extra && h("label", {class: "switch"},
        h("input", {type: "checkbox",
          change: (event) => set("isExtra")(event.target.checked)}),
        h("span", {}, extra.label))),
    h("div", {class: "scroll", tabindex: "0", role: "region",
      "aria-label": "layers"}, h("table", {}, h("thead", {}, head), body)),
    total);
}

/// The columns that these layers have something for.
export const columnsFor = (layers) => kColumns.filter((column) =>
  !column.optional || layers.some((layer) => layer[column.key] !== undefined));

export function layersSection(run) {
  return section(
    "layers", "Layers",
    "Every quantizable layer in the order of the network. A click on a title " +
      "sorts.",
    filteredTable(run.layers, columnsFor(run.layers)));
}
