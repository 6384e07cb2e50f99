// SPDX-License-Identifier: MIT
// Charts are drawn when they come into view, and again when their width or the
// theme changes.
import {plot} from "@observablehq/plot";

import {h} from "./dom.js";

const drawn = new Set();
const waiting = new Map();

const watcher = new IntersectionObserver((entries) => {
  for (const {target, isIntersecting} of entries) {
    if (isIntersecting) {
      waiting.get(target)?.();
    }
  }
}, {rootMargin: "400px"});

const resizer = new ResizeObserver((entries) => {
  for (const {target} of entries) {
    target.redraw?.();
  }
});

/// A figure that draws itself: draw(width) gives the element; `again()` draws
/// it anew once it has been seen.
///
/// @param label  what the chart shows, for those who do not see it
export function chart(label, draw) {
  const place = h("div", {class: "chart", role: "img", "aria-label": label});
  let width = 0;
  const show = () => {
    width = Math.round(place.clientWidth);
    place.replaceChildren(draw(Math.max(width, 240)));
  };
  const start = () => {
    waiting.delete(place);
    watcher.unobserve(place);
    drawn.add(show);
    place.again = show;
    show();
    place.redraw = () => {
      if (place.clientWidth > 0 && Math.abs(place.clientWidth - width) > 1) {
        show();
      }
    };
    resizer.observe(place);
  };
  waiting.set(place, start);
  watcher.observe(place);
  return place;
}

/// Draws what has not been seen yet; paper has no scrolling.
export function drawAll() {
  for (const start of [...waiting.values()]) {
    start();
  }
}

/// Draws again what depends on colours that a style sheet cannot reach.
export function redrawAll() {
  for (const show of drawn) {
    show();
  }
}

/// The value of a custom property of the style sheet.
export const styleValue = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/// A plot with this page's fonts and margins.
export function figure(width, options) {
  return plot({
    width,
    marginLeft: 52,
    marginRight: 12,
    marginTop: 26,
    marginBottom: 36,
    ...options,
    style: {
      background: "transparent", color: "var(--ink)", fontSize: "12px",
      fontFamily: "inherit", overflow: "visible", ...options.style,
    },
  });
}

/// Ticks of a logarithmic axis over positive values: powers of ten, with 2 and
/// 5 between them where there are few.
export function logTicks(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const steps = to - from > 3 ? [1] : [1, 2, 5];
  return Array.from({length: to - from + 1}, (_, i) => 10 ** (from + i))
    .flatMap((power) => steps.map((step) => step * power))
    .filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
}

/// The text box at the pointer.
export const tipStyle = {
  fill: "var(--card)", stroke: "var(--edge)", textPadding: 9, fontSize: 12,
  lineHeight: 1.4, lineWidth: 24,
};
