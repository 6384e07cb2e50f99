// Small SVG charts for the documentation: no dependency, same bytes for the
// same numbers.

const kWidth = 720;
const kHeight = 400;
const kMargin = { left: 76, right: 24, top: 48, bottom: 56 };
const kColours = ['#1f5fa8', '#c2571a', '#2f7d4f', '#7a4ea3'];

const escapeText = (text) => String(text)
  .replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** About `count` round numbers from 0 to at least `largest`. */
function ticks(largest, count = 5) {
  const rough = largest / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
  const values = [];
  for (let i = 0; i * step < largest + step; ++i) values.push(i * step);
  return values;
}

const number = (value) => String(Number(value.toPrecision(3)));

const line = (x1, y1, x2, y2, style) =>
  `<line x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" `
  + `y2="${number(y2)}" ${style}/>`;

const label = (x, y, text, extra = '') =>
  `<text x="${number(x)}" y="${number(y)}" ${extra}>${escapeText(text)}</text>`;

function frame({ title, xLabel, yLabel }, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${kWidth} `
    + `${kHeight}" font-family="sans-serif" font-size="13" fill="#222">\n`
    + `<rect width="${kWidth}" height="${kHeight}" fill="#fff"/>\n`
    + label(kMargin.left, 26, title, 'font-size="16" font-weight="bold"')
    + `\n${body.join('\n')}\n`
    + label((kMargin.left + kWidth - kMargin.right) / 2, kHeight - 14, xLabel,
      'text-anchor="middle"')
    + `\n<text transform="translate(20 ${kHeight / 2}) rotate(-90)" `
    + `text-anchor="middle">${escapeText(yLabel)}</text>\n</svg>\n`;
}

/**
 * Lines through points. series: [{name, points: [[x, y], ...]}]; both axes
 * begin at 0.
 */
export function lineChart(texts, series) {
  const points = series.flatMap((one) => one.points);
  const xTicks = ticks(Math.max(...points.map((p) => p[0])));
  const yTicks = ticks(Math.max(...points.map((p) => p[1])));
  const x = (v) => kMargin.left
    + v / xTicks.at(-1) * (kWidth - kMargin.left - kMargin.right);
  const y = (v) => kHeight - kMargin.bottom
    - v / yTicks.at(-1) * (kHeight - kMargin.top - kMargin.bottom);
  const body = [];
  for (const tick of yTicks) {
    body.push(line(x(0), y(tick), kWidth - kMargin.right, y(tick),
      'stroke="#ddd"'));
    body.push(label(x(0) - 8, y(tick) + 4, number(tick),
      'text-anchor="end"'));
  }
  for (const tick of xTicks) {
    body.push(label(x(tick), y(0) + 20, number(tick), 'text-anchor="middle"'));
  }
  series.forEach(({ name, points: own }, index) => {
    const colour = kColours[index % kColours.length];
    const path = own.map(([a, b]) => `${number(x(a))},${number(y(b))}`);
    body.push(`<polyline points="${path.join(' ')}" fill="none" `
      + `stroke="${colour}" stroke-width="2"/>`);
    for (const [a, b] of own) {
      body.push(`<circle cx="${number(x(a))}" cy="${number(y(b))}" r="3.5" `
        + `fill="${colour}"/>`);
    }
    body.push(label(kWidth - kMargin.right - 8, kMargin.top + 18 * index, name,
      `text-anchor="end" fill="${colour}" font-weight="bold"`));
  });
  return frame(texts, body);
}

/** One bar per item, with its value above: items [{name, value, shade}]. */
export function barChart(texts, items) {
  const yTicks = ticks(Math.max(...items.map((item) => item.value)), 4);
  const width = (kWidth - kMargin.left - kMargin.right) / items.length;
  const y = (v) => kHeight - kMargin.bottom
    - v / yTicks.at(-1) * (kHeight - kMargin.top - kMargin.bottom);
  const body = yTicks.map((tick) =>
    line(kMargin.left, y(tick), kWidth - kMargin.right, y(tick),
      'stroke="#ddd"')
    + label(kMargin.left - 8, y(tick) + 4, number(tick), 'text-anchor="end"'));
  items.forEach(({ name, value, colour }, index) => {
    const left = kMargin.left + index * width;
    body.push(`<rect x="${number(left + 1)}" y="${number(y(value))}" `
      + `width="${number(width - 2)}" height="${number(y(0) - y(value))}" `
      + `fill="${colour ?? kColours[0]}"><title>${escapeText(name)}: `
      + `${number(value)}</title></rect>`);
    body.push(label(left + width / 2, y(value) - 4, number(value),
      'text-anchor="middle" font-size="11"'));
  });
  return frame(texts, body);
}

/**
 * Groups of bars that share an axis from 0: names of the groups, and for each
 * series {name, values} one value a group.
 */
export function groupChart(texts, names, series) {
  const yTicks = ticks(Math.max(...series.flatMap((one) => one.values)), 4);
  const width = (kWidth - kMargin.left - kMargin.right) / names.length;
  const bar = 0.8 * width / series.length;
  const y = (v) => kHeight - kMargin.bottom
    - v / yTicks.at(-1) * (kHeight - kMargin.top - kMargin.bottom);
  const body = yTicks.map((tick) =>
    line(kMargin.left, y(tick), kWidth - kMargin.right, y(tick),
      'stroke="#ddd"')
    + label(kMargin.left - 8, y(tick) + 4, number(tick), 'text-anchor="end"'));
  names.forEach((name, group) => {
    const left = kMargin.left + (group + 0.1) * width;
    series.forEach(({ name: own, values }, index) => {
      const value = values[group];
      body.push(`<rect x="${number(left + index * bar)}" `
        + `y="${number(y(value))}" width="${number(bar)}" `
        + `height="${number(y(0) - y(value))}" `
        + `fill="${kColours[index % kColours.length]}">`
        + `<title>${escapeText(`${name}, ${own}: ${number(value)}`)}</title>`
        + '</rect>');
    });
    // Every other name stands lower, so that they do not touch.
    body.push(label(left + 0.4 * width, y(0) + 16 + 14 * (group % 2), name,
      'text-anchor="middle" font-size="11"'));
  });
  series.forEach(({ name }, index) => {
    body.push(label(kWidth - kMargin.right - 90 * (series.length - 1 - index),
      26, name, `text-anchor="end" font-weight="bold" `
      + `fill="${kColours[index % kColours.length]}"`));
  });
  return frame(texts, body);
}
