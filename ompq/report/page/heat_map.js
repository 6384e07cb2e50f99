// SPDX-License-Identifier: MIT
// The orthogonality of every pair of layers as a heat map.
import {image} from "@observablehq/plot";

import {chart, figure as draw, styleValue} from "./chart.js";
import {unpackShares} from "./data.js";
import {h, missing, section, shorten} from "./dom.js";

const kSteps = 256;

/// Colours from "nothing" to "the same", from the style sheet's stops.
function ramp() {
  const canvas = h("canvas", {width: kSteps, height: 1});
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const gradient = context.createLinearGradient(0, 0, kSteps, 0);
  const stops = styleValue("--ramp").split(/,\s*/);
  stops.forEach((colour, i) =>
    gradient.addColorStop(i / (stops.length - 1), colour));
  context.fillStyle = gradient;
  context.fillRect(0, 0, kSteps, 1);
  return context.getImageData(0, 0, kSteps, 1).data;
}

/// The matrix as a picture, a pixel for each pair.
function picture(matrix, size) {
  const colours = ramp();
  const canvas = h("canvas", {width: size, height: size});
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(size, size);
  for (let i = 0; i < matrix.length; ++i) {
    const step = 4 * Math.round(matrix[i] * (kSteps - 1));
    pixels.data[4 * i] = colours[step];
    pixels.data[4 * i + 1] = colours[step + 1];
    pixels.data[4 * i + 2] = colours[step + 2];
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

/// What two layers have in common, in words.
const words = (layers, matrix, i, j) => i === j
  ? [`${i + 1}. ${shorten(layers[i].name)}`, "the layer itself"]
  : [`${i + 1}. ${shorten(layers[i].name)}`,
    `${j + 1}. ${shorten(layers[j].name)}`,
    matrix[i * layers.length + j].toFixed(3)];

function legendBar() {
  return h(
    "div", {class: "ramp"},
    h("span", {}, "0 orthogonal"), h("span", {class: "colours"}),
    h("span", {}, "1 the same features"));
}

export function heatMapSection(run) {
  const title = "Orthogonality of layers";
  if (!run.orm) {
    return section("orm", title, null, missing(
      "Not measured here. ompq search with the score ompq measures the matrix " +
        "and writes it to plan.json."));
  }
  const size = run.layers.length;
  const matrix = unpackShares(run.orm, size);
  const note = h("p", {class: "readout", "aria-live": "polite"},
    "Point at a cell to read its two layers here.");
  const render = (width) => {
    const side = Math.min(width, 720);
    const plotted = draw(side, {
      height: side, marginLeft: 36, marginRight: 12, marginTop: 8,
      x: {domain: [0.5, size + 0.5], label: "layer"},
      y: {domain: [0.5, size + 0.5], reverse: true, label: null},
      marks: [image([0], {
        x: (size + 1) / 2, y: (size + 1) / 2, src: () => picture(matrix, size),
        width: side - 48, height: side - 40, preserveAspectRatio: "none",
        imageRendering: "pixelated"})],
    });
    listen(plotted, run.layers, matrix, note);
    return plotted;
  };
  return section(
    "orm", title,
    "How alike the outputs of two layers are over the same images. Layers " +
      "that are like many others have redundant features and can do with " +
      "fewer bits.",
    legendBar(), note, chart("orthogonality of each pair of layers", render));
}

/// Follows the pointer with a frame and two names.
function listen(plotted, layers, matrix, note) {
  const size = layers.length;
  const [x, y] = [plotted.scale("x"), plotted.scale("y")];
  const cell = Math.abs(x.apply(2) - x.apply(1));
  const frame = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  frame.setAttribute("class", "frame");
  frame.setAttribute("width", Math.max(cell, 3));
  frame.setAttribute("height", Math.max(cell, 3));
  frame.setAttribute("visibility", "hidden");
  plotted.append(frame);
  const clear = () => frame.setAttribute("visibility", "hidden");
  plotted.addEventListener("pointerleave", clear);
  plotted.addEventListener("pointermove", (event) => {
    const box = plotted.getBoundingClientRect();
    const scale = plotted.viewBox.baseVal.width / box.width;
    const j = Math.round(x.invert((event.clientX - box.left) * scale)) - 1;
    const i = Math.round(y.invert((event.clientY - box.top) * scale)) - 1;
    if (i < 0 || j < 0 || i >= size || j >= size) {
      clear();
      return;
    }
    frame.setAttribute("visibility", "visible");
    frame.setAttribute("x", x.apply(j + 0.5));
    frame.setAttribute("y", Math.min(y.apply(i + 0.5), y.apply(i + 1.5)));
    note.replaceChildren(...words(layers, matrix, i, j).flatMap(
      (text, place) => place === 0 ? [h("span", {}, text)]
        : [" \u00b7 ", h("span", {}, text)]));
  });
}
