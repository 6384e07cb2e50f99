// SPDX-License-Identifier: MIT
// The comparison of scores: what their plans reach, how well they rank plans.
import {dot, link, pointerY, ruleX, tip} from "@observablehq/plot";

import {chart, figure as draw, tipStyle} from "./chart.js";
import {count, h, legend, missing, percent, section, shorten} from "./dom.js";

const correlationText = (order) => order
  ? `${order[0].toFixed(2)} (${order[1].toFixed(2)} to ${order[2].toFixed(2)})`
  : "\u2013";

/// The rows of a budget, best accuracy first.
const ranked = (rows, budget) => rows
  .map((row) => ({name: row.name, ...row.cells[budget]}))
  .sort((a, b) => b.top1 - a.top1);

const describe = (row) => `${shorten(row.name)}\ntop-1 ${percent(row.top1)}\n` +
  `order of random plans ${correlationText(row.order)}`;

const names = (rows) => ({
  domain: rows.map((row) => row.name), label: null,
  tickFormat: (name) => shorten(name, 18)});

function drawAccuracy(rows, study, width) {
  return draw(width, {
    height: 40 + 22 * rows.length, marginLeft: 130, marginTop: 8,
    x: {label: "top-1 of the chosen plan, %", grid: true, nice: true,
      percent: true},
    y: names(rows),
    marks: [
      ruleX([study.float_top1], {stroke: "var(--ink)", strokeDasharray: "4 3"}),
      dot(rows, {x: "top1", y: "name", r: 4.5, fill: "var(--accent)"}),
      tip(rows, pointerY({x: "top1", y: "name", title: describe, ...tipStyle})),
    ],
  });
}

function drawOrder(rows, width) {
  const shown = rows.filter((row) => row.order);
  return draw(width, {
    height: 40 + 22 * rows.length, marginLeft: 130, marginTop: 8,
    x: {label: "rank correlation with accuracy", domain: [-1, 1], grid: true},
    y: names(rows),
    marks: [
      ruleX([0], {stroke: "var(--edge)"}),
      link(shown, {y1: "name", y2: "name", x1: (row) => row.order[1],
        x2: (row) => row.order[2], stroke: "var(--quiet)", strokeWidth: 4,
        strokeLinecap: "round"}),
      dot(shown, {y: "name", x: (row) => row.order[0], r: 4.5,
        fill: "var(--accent)"}),
      tip(shown, pointerY({y: "name", x: (row) => row.order[0],
        title: describe, ...tipStyle})),
    ],
  });
}

function studyTable(rows) {
  return h(
    "div", {class: "scroll", tabindex: "0", role: "region",
      "aria-label": "scores"},
    h("table", {},
      h("thead", {}, h("tr", {},
        h("th", {scope: "col", class: "text"}, "Score"),
        h("th", {scope: "col", class: "number"}, "Top-1"),
        h("th", {scope: "col", class: "number"}, "Divergence"),
        h("th", {scope: "col", class: "number"},
          "Order of random plans (95 % interval)"))),
      h("tbody", {}, rows.map((row) => h("tr", {},
        h("th", {scope: "row", class: "text", title: row.name},
          shorten(row.name)),
        h("td", {class: "number"}, percent(row.top1)),
        h("td", {class: "number"}, row.divergence.toPrecision(3)),
        h("td", {class: "number"}, correlationText(row.order)))))));
}

function budgetPart(study, budget, rows, heading) {
  return h(
    "div", {class: "part"}, h("h3", {}, heading),
    h("div", {class: "pair"},
      chart(`accuracy: ${heading}`, (width) => drawAccuracy(rows, study, width)),
      chart(`rank correlation: ${heading}`, (width) => drawOrder(rows, width))),
    studyTable(rows));
}

export function studySection(study) {
  const title = "Comparison of scores";
  if (!study) {
    return section("study", title, null, missing(
      "No study here. ompq study -o study.json compares the scores on a " +
        "network; give study.json as well."));
  }
  const parts = study.budgets.flatMap(({average_bits: bits, random_top1: random},
    k) => [
    budgetPart(study, k, ranked(study.scores, k),
      `${bits} bits per weight, ${random.length} random plans`),
    study.ablations.length > 0 && budgetPart(
      study, k, ranked(study.ablations, k),
      `${bits} bits per weight, settings of the score ompq`),
  ]);
  return section(
    "study", title,
    `Each score chooses a plan, and ranks random plans of the same size. ${
      count(study.images)} images; float ${percent(study.float_top1)}.`,
    legend(["dot", "this score"], ["dash", "float"], ["bar", "95 % interval"]),
    parts);
}
