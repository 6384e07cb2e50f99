// SPDX-License-Identifier: MIT
// Accuracy of plans that different scores give, as a Markdown table with a row
// for each score.
//
//   node benchmarks/score_accuracy.mjs OMPQ CASE [SCORE ...] [-- OPTION ...]
//
// OMPQ is the program; networks and images come from the folder OMPQ_SHARED.
// Without scores all are compared. Options go to every `ompq quantize`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJson } from './program.mjs';

const shared = process.env.OMPQ_SHARED ?? '../shared';
const [program, name, ...rest] = process.argv.slice(2);
const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
const extra = rest.slice(end + 1);

const cifar = [
  join(shared, 'models/resnet20_cifar10.onnx'),
  '--calib', join(shared, 'data/cifar10/train_images.npy'),
  '--eval', join(shared, 'data/cifar10/test_images.npy'),
  '--eval-labels', join(shared, 'data/cifar10/test_labels.npy')];
const imagenet = [
  join(shared, 'models/mobilenetv2_imagenet.onnx'),
  '--calib', join(shared, 'data/imagenet_calib_small'),
  '--eval', join(shared, 'data/imagenet_val'),
  '--eval-resize', 'none', '--eval-crop', '224'];
const nearest = ['--method', 'nearest', '--act-bits', 'float', '--bits', '2-8'];
const cases = {
  // Nearest rounding of weights alone.
  'resnet20-nearest': [
    [...cifar, ...nearest],
    [2.5, 3, 4].map((bits) => ['--avg-bits', String(bits)])],
  // After reconstruction, in the paper's range of widths.
  'resnet20-2.5': [
    [...cifar, '--bits', '2-4', '--avg-bits', '2.5'],
    [['--seed', '0'], ['--seed', '1'], ['--seed', '2']]],
  'mobilenet-1.5MiB': [
    [...imagenet, '--bits', '2-8', '--first-last', 'free',
      '--payload', '1.5MiB'],
    [['--seed', '0']]],
};
const [common, columns] = cases[name];
const all = ['ompq', 'ompq-error', 'sqnr', 'fisher', 'taylor', 'size', 'random',
  'uniform'];
const scores = end > 0 ? rest.slice(0, end) : all;

function top1(score, column) {
  const folder = mkdtempSync(join(tmpdir(), 'ompq-score-'));
  try {
    const record = runJson(program,
      'quantize', ...common, ...column, '--score', score, ...extra,
      '-o', join(folder, 'out'));
    return (100 * record.quantized_top1).toFixed(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

console.log(`| score | ${columns.map((c) => c.join(' ')).join(' | ')} |`);
console.log(`|---|${columns.map(() => '---|').join('')}`);
for (const score of scores) {
  console.log(`| ${score} | `
    + `${columns.map((column) => top1(score, column)).join(' | ')} |`);
}
