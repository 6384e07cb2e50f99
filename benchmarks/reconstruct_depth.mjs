// Time of a gradient step of each unit against the unit's depth, in a chain of
// equal units:
//
//   node reconstruct_depth.mjs BENCHMARKS_FOLDER OUT_FOLDER [DEPTH]
//
// BENCHMARKS_FOLDER holds the built reconstruct and make_chain. Writes
// reconstruct-depth.json and reconstruct-depth.svg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineChart } from './chart.mjs';

const [programs, output, depth = '32'] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), 'ompq-depth-'));
const chain = join(folder, 'chain.onnx');
execFileSync(join(programs, 'make_chain'), [depth, chain]);
const { units } = JSON.parse(execFileSync(join(programs, 'reconstruct'),
  [chain, '--only', 'ompq', '--rounds', '9', '--json'], { encoding: 'utf8' }));
rmSync(folder, { recursive: true });

// The first unit reads the image and the last one the mean of positions: they
// are not equal to the others.
const middle = units.map((unit, index) => ({ ...unit, depth: index }))
  .slice(1, -1);
const series = [
  ['gradient step, batch 32', 'ompq_ms'],
  ['float and quantized pass of 32 images', 'frontier_ms'],
].map(([name, key]) => ({
  name, points: middle.map((unit) => [unit.depth, unit[key]]) }));
writeFileSync(join(output, 'reconstruct-depth.json'),
  `${JSON.stringify(series, null, 2)}\n`);
writeFileSync(join(output, 'reconstruct-depth.svg'), lineChart({
  title: 'Time of one unit against its depth', xLabel: 'units before it '
  + '(equal ones: 32 channels, 56 x 56)', yLabel: 'milliseconds' }, series));
for (const { name, points } of series) {
  console.log(`${name}:`);
  console.log(points.map(([x, y]) => `  ${x}  ${y.toFixed(2)}`).join('\n'));
}
