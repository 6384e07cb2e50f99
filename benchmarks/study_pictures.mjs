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
import { studyTables } from './study_tables.mjs';

const [page, folder] = process.argv.slice(2);

for (const { name, float, header, rows } of
  studyTables(readFileSync(page, 'utf8'))) {
  const columns = header.flatMap((title, index) =>
    (title.endsWith(': top-1 %') ? [index] : []));
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
