// Time of 'ompq export' in every profile beside that of a program that only
// loads libtorch ('ompq eval' of no network), alternating in one run, as a
// Markdown table:
//
//   node export_time.mjs OMPQ NETWORK
//
// NETWORK is what 'ompq quantize' wrote. Times are medians of whole processes.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './worker.mjs';

const kRuns = 7;
const kProfiles = ['packed', 'compact', 'fast', 'qonnx', 'encodings'];

function seconds(run) {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

const [program, network] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ompq-export-'));
writeFileSync(join(folder, 'text'), 'no network');
const loads = [];
const times = kProfiles.map(() => []);
const sizes = [];
for (let run = 0; run < kRuns; ++run) {
  loads.push(seconds(() => spawnSync(
    program, ['eval', join(folder, 'text'), '--data', join(folder, 'text')])));
  kProfiles.forEach((profile, i) => {
    const file = join(folder, `${profile}.onnx`);
    rmSync(file, { force: true });
    times[i].push(seconds(() => execFileSync(
      program, ['export', network, '--profile', profile, '-o', file],
      { stdio: 'ignore' })));
    sizes[i] = statSync(file).size;
  });
}
rmSync(folder, { recursive: true });
console.log(`loading libtorch alone: ${median(loads).toFixed(2)} s\n`);
console.log('| profile | bytes | whole process, s | of loading libtorch |');
console.log('|---|---|---|---|');
kProfiles.forEach((profile, i) => {
  const ratio = median(times[i].map((time, run) => time / loads[run]));
  console.log(`| ${profile} | ${sizes[i]} | ${median(times[i]).toFixed(2)} | `
    + `${ratio.toFixed(2)}x |`);
});
