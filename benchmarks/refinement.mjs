// SPDX-License-Identifier: MIT
// What `--refine` makes of ResNet-20's plans at 2.5 bits, as a Markdown table:
// top-1 of the test images with weights rounded to the nearest.
//
//   node benchmarks/refinement.mjs OMPQ [SECONDS]
//
// OMPQ is the program; network and images come from the folder OMPQ_SHARED.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJson } from './program.mjs';

const shared = process.env.OMPQ_SHARED ?? '../shared';
const [program, seconds = '40'] = process.argv.slice(2);
const data = join(shared, 'data/cifar10');
const model = join(shared, 'models/resnet20_cifar10.onnx');
const images = ['--calib', join(data, 'train_images.npy'), '--samples', '256'];
const test = [
  '--eval', join(data, 'test_images.npy'),
  '--eval-labels', join(data, 'test_labels.npy')];

function accuracy(folder, name, score, ...flags) {
  const plan = join(folder, `${name}.json`);
  runJson(program, 'search', model, ...images, '--score', score, '--avg-bits', '2.5',
    ...flags, '-o', plan);
  const record = runJson(program, 'quantize', model, ...images, '--plan', plan,
    '--method', 'nearest', '--act-bits', 'float', ...test,
    '-o', join(folder, name));
  return (100 * record.quantized_top1).toFixed(2);
}

console.log(`| plan of | top-1 % | after --refine ${seconds} |\n|---|---|---|`);
const folder = mkdtempSync(join(tmpdir(), 'ompq-refine-'));
try {
  for (const score of ['ompq', 'size', 'sqnr', 'fisher', 'balanced']) {
    const before = accuracy(folder, score, score);
    const after =
      accuracy(folder, `${score}-refined`, score, '--refine', seconds);
    console.log(`| \`${score}\` | ${before} | ${after} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
