// SPDX-License-Identifier: MIT
// Which score does best over all networks and budgets of docs/study.md, as a
// Markdown table: how far each is from the best one of a cell, on average over
// the cells and at worst.
//
//   node benchmarks/study_ranking.mjs docs/study.md
import { readFileSync } from 'node:fs';
import { studyTables } from './study_tables.mjs';

const measures = ['divergence', 'top-1 %', 'reconstructed'];
// For each measure: from score to its distance from the best, by cell.
const distances = measures.map(() => new Map());

for (const { header, rows } of
  studyTables(readFileSync(process.argv[2], 'utf8'))) {
  header.forEach((title, column) => {
    const m = measures.findIndex((measure) => title.endsWith(measure));
    if (m < 0) return;
    const numbers = rows.map((row) => Number(row[column]));
    const best = m === 0 ? Math.min(...numbers) : Math.max(...numbers);
    rows.forEach(([score], i) => {
      const all = distances[m].get(score) ?? [];
      all.push(m === 0 ? Math.log(numbers[i] / best) : best - numbers[i]);
      distances[m].set(score, all);
    });
  });
}

const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
const order = [...distances[0].keys()].sort(
  (a, b) => mean(distances[0].get(a)) - mean(distances[0].get(b)));
console.log('| score | divergence, times the best: mean / worst '
  + '| top-1 below the best: mean / worst '
  + '| reconstructed: mean / worst |\n|---|---|---|---|');
for (const score of order) {
  const [ratios, ...points] = distances.map((each) => each.get(score));
  const below = points.map((each) =>
    `${mean(each).toFixed(2)} / ${Math.max(...each).toFixed(2)}`);
  console.log(`| \`${score}\` | ${Math.exp(mean(ratios)).toFixed(2)} / `
    + `${Math.exp(Math.max(...ratios)).toFixed(2)} | ${below.join(' | ')} |`);
}
