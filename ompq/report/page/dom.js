// SPDX-License-Identifier: MIT
// Elements and texts. Whatever comes from a model becomes a text node here,
// never markup.

/// An element with attributes and children; a child is an element or a text.
/// Attributes that are functions listen to the event of their name.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else if (value !== undefined && value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter(
    (child) => child !== undefined && child !== null && child !== false));
  return element;
}

/// A section of the page with its place in the navigation.
export function section(id, title, lead, ...children) {
  return h(
    "section", {id, "aria-labelledby": `${id}-title`},
    h("h2", {id: `${id}-title`}, title),
    lead && h("p", {class: "lead"}, lead),
    ...children);
}

/// What stands where a section has nothing to show.
export const missing = (text) => h("p", {class: "missing"}, text);

/// A word for a legend with the mark it explains.
export function legend(...entries) {
  return h("ul", {class: "legend"}, entries.map(([mark, text]) => h(
    "li", {}, h("span", {class: `mark ${mark}`, "aria-hidden": "true"}), text)));
}

const kUnits = ["B", "KiB", "MiB", "GiB", "TiB"];

/// "1.50 MiB": three digits and a binary unit.
export function bytes(count) {
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit + 1 < kUnits.length) {
    value /= 1024;
    ++unit;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${kUnits[unit]}`;
}

/// "3,469,760".
export const count = (number) => Math.round(number)
  .toString().replace(/\B(?=(\d{3})+$)/g, ",");

/// "301 M": three digits and a decimal prefix.
export function short(number) {
  const steps = [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"]];
  const [scale, prefix] = steps.find(([each]) => number >= each) ?? [1, ""];
  return scale === 1 ? `${Number(number.toPrecision(3))}`
    : `${Number((number / scale).toPrecision(3))}${prefix}`;
}

export const percent = (share, digits = 2) =>
  `${(100 * share).toFixed(digits)} %`;

/// "+0.31" or "-1.20", with the sign always there.
export const signed = (number, digits = 2) =>
  `${number < 0 ? "\u2212" : "+"}${Math.abs(number).toFixed(digits)}`;

/// Four digits, or fewer.
export const figure = (number) => Number(number.toPrecision(4)).toString();

export function duration(seconds) {
  if (seconds < 9.95) {
    return `${seconds.toFixed(seconds < 0.095 ? 2 : 1)} s`;
  }
  const whole = Math.round(seconds);
  const pad = (number) => String(number).padStart(2, "0");
  if (whole < 60) {
    return `${whole} s`;
  }
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
    : `${Math.floor(whole / 3600)} h ${pad(Math.floor(whole % 3600 / 60))} min`;
}

/// A text cut in its middle; the end of a layer's name tells most.
export function shorten(text, length = 56) {
  const points = [...text];
  if (points.length <= length) {
    return text;
  }
  const tail = Math.ceil((length - 1) * 0.6);
  return `${points.slice(0, length - 1 - tail).join("")}\u2026${
    points.slice(-tail).join("")}`;
}

/// What a budget limits, for people.
export const budgetNames = {
  file_size: "file size, at most",
  payload: "weights at their widths",
  paper_size: "size as the paper counts",
  average_bits: "bits per weight",
  bit_operations: "bit operations",
  latency: "latency, at most",
  activation_memory: "activations at their peak",
  total_memory: "weights and activations at their peak",
};

/// A quantity of a budget with its unit.
export function budgetText(kind, quantity) {
  if (kind === "average_bits") {
    return `${figure(quantity)} bits per weight`;
  }
  if (/size|payload|memory|bytes/.test(kind)) {
    return bytes(quantity);
  }
  return kind === "latency" ? `${short(1000 * quantity)} ms` : short(quantity);
}
