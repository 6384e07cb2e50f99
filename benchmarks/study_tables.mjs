// SPDX-License-Identifier: MIT
// The tables of scores in docs/study.md.

function cells(line) {
  return line.split('|').slice(1, -1).map((cell) => cell.trim());
}

/// Of each network: its name, the accuracy of the float network in per cent,
/// and the first table's header and rows, the scores' names in front.
export function studyTables(page) {
  const tables = [];
  for (const section of page.split(/^## /m).slice(1)) {
    const lines = section.split('\n');
    const first = lines.findIndex((line) => line.startsWith('| score |'));
    if (first < 0) continue;
    const rows = [];
    for (let i = first + 2; lines[i]?.startsWith('|'); ++i) {
      rows.push(cells(lines[i]));
    }
    tables.push({
      name: lines[0].trim(),
      float: Number(section.match(/float top-1 ([\d.]+) %/)[1]),
      header: cells(lines[first]),
      rows,
    });
  }
  return tables;
}
