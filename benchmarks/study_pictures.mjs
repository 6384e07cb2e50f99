// SPDX-License-Identifier: MIT
// Pictures of the tables that benchmarks/study.mjs makes:
//
//   node benchmarks/study_pictures.mjs docs/study.md docs/pictures
//
// Writes study-NETWORK.svg: accuracy by score at each budget, as in the first
// table of each network's section.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupChart } from './chart.mjs';

const [page, folder] = process.argv.slice(2);

const cells = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim());

for (const section of readFileSync(page, 'utf8').split(/^## /m).slice(1)) {
  const name = section.slice(0, section.indexOf('\n')).trim();
  const lines = section.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| score |'));
  if (first < 0) continue;
  const float = Number(section.match(/float top-1 ([\d.]+) %/)[1]);
  const header = cells(lines[first]);
  const columns = header.flatMap((title, index) =>
    (title.endsWith(': top-1 %') ? [index] : []));
  const rows = [];
  for (let i = first + 2; lines[i]?.startsWith('|'); ++i) {
    rows.push(cells(lines[i]));
  }
  const picture = groupChart({
    title: `${name}, float ${float} %`,
    xLabel: 'weights rounded to the nearest',
    yLabel: 'top-1 %',
  }, rows.map((row) => row[0]), columns.map((column) => ({
    name: header[column].replace(': top-1 %', ''),
    values: rows.map((row) => Number(row[column])),
  })));
  writeFileSync(join(folder, `study-${name}.svg`), picture);
}
