// SPDX-License-Identifier: MIT
// Puts the page together: what there is, in the order of interest.
import {drawAll, redrawAll} from "./chart.js";
import {
  differencesSection, summarySection, widthsSection,
} from "./compare.js";
import {readData} from "./data.js";
import {h, shorten} from "./dom.js";
import {frontSection} from "./front.js";
import {headline} from "./headline.js";
import {heatMapSection} from "./heat_map.js";
import {importanceSection} from "./importance.js";
import {layersSection} from "./layers.js";
import {networkSection} from "./network.js";
import {lossSection, sqnrSection, trainingSection} from "./quality.js";
import {repeatSection} from "./repeat.js";
import {studySection} from "./study.js";

const kThemes = ["auto", "light", "dark"];

function themeButton() {
  const button = h("button", {type: "button", id: "theme"});
  const root = document.documentElement;
  const set = (theme) => {
    root.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    redrawAll();
  };
  button.addEventListener("click", () => set(
    kThemes[(kThemes.indexOf(root.dataset.theme) + 1) % kThemes.length]));
  set("auto");
  matchMedia("(prefers-color-scheme: dark)").addEventListener(
    "change", redrawAll);
  return button;
}

function header(title, subtitle) {
  return h(
    "header", {class: "top"},
    h("div", {}, h("p", {class: "brand"}, "ompq report"),
      h("h1", {title}, shorten(title, 80)),
      subtitle && h("p", {class: "subtitle"}, subtitle)),
    h("div", {class: "tools"}, themeButton(),
      h("button", {type: "button", id: "print", click: () => {
        drawAll();
        print();
      }}, "Print")));
}

function noticeBox(notices) {
  return notices.length > 0 && h(
    "aside", {class: "notices", "aria-label": "what is missing"},
    h("h2", {}, "What is missing"),
    h("ul", {}, notices.map((notice) => h("li", {}, notice))));
}

/// True for a section that has nothing to show.
const isMissing = (section) => section.querySelector(".missing") !== null &&
  section.querySelector(".chart, .facts") === null;

function navigation(sections) {
  return h("nav", {"aria-label": "sections"}, h("ul", {}, sections.map(
    (each) => h("li", {}, h(
      "a", {href: `#${each.id}`,
        class: isMissing(each) ? "empty" : undefined},
      each.querySelector("h2").textContent)))));
}

function runSections(run, data) {
  return [
    run.layers.length > 0 && layersSection(run),
    run.layers.length > 0 && networkSection(run),
    heatMapSection(run), importanceSection(run), frontSection(data.front),
    sqnrSection(run), lossSection(run), trainingSection(run),
    studySection(data.study), repeatSection(run),
  ].filter(Boolean);
}

/// The sections of a page, what there is before what is missing.
function allSections(data) {
  if (data.runs.length > 1) {
    return [summarySection(data.runs), widthsSection(data.runs),
      differencesSection(data.runs)];
  }
  if (data.runs.length === 0) {
    return [data.front && frontSection(data.front),
      data.study && studySection(data.study)].filter(Boolean);
  }
  const sections = runSections(data.runs[0], data);
  return [...sections.filter((each) => !isMissing(each)),
    ...sections.filter(isMissing)];
}

function titles(data) {
  const run = data.runs[0];
  const file = run?.model.file ?? data.front?.model.file ??
    data.study?.model.file;
  if (data.runs.length > 1) {
    return [file, `${data.runs.length} runs compared`];
  }
  return [file || run.name, run && [
    run.name !== file && run.name,
    run.layers.length > 0 && `${run.layers.length} layers`,
    (run.date ?? "").slice(0, 10),
  ].filter(Boolean).join(" \u00b7 ")];
}

/// Paper is light, has no scrolling and opens nothing.
function beforePrint() {
  const root = document.documentElement;
  const theme = root.dataset.theme;
  root.dataset.theme = "light";
  drawAll();
  redrawAll();
  document.querySelectorAll("main details").forEach(
    (each) => { each.open = true; });
  addEventListener("afterprint", () => {
    root.dataset.theme = theme;
    redrawAll();
  }, {once: true});
}

function build() {
  const data = readData();
  const sections = allSections(data);
  const isSingle = data.runs.length === 1;
  document.getElementById("report").append(
    header(...titles(data)),
    h("div", {class: "columns"}, navigation(sections), h("main", {},
      noticeBox(data.notices), isSingle && headline(data.runs[0]), sections)),
    h("footer", {}, `Made by ompq ${data.version}. This file is whole: it ` +
      "loads nothing from anywhere."));
  addEventListener("beforeprint", beforePrint);
  document.documentElement.dataset.ready = "";
}

build();
