// SPDX-License-Identifier: MIT
// Accuracy and time of `ompq quantize` on the reference networks, three seeds
// each, as a Markdown table.
//
//   node benchmarks/quantize_accuracy.mjs OMPQ [CASE ...]
//
// OMPQ is the program; networks and images come from the folder OMPQ_SHARED.
// Without names all cases run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJson } from './program.mjs';

const shared = process.env.OMPQ_SHARED ?? '../shared';
const [program, ...wanted] = process.argv.slice(2);
const seeds = [0, 1, 2];

const cifar = [
  '--calib', join(shared, 'data/cifar10/train_images.npy'),
  '--eval', join(shared, 'data/cifar10/test_images.npy'),
  '--eval-labels', join(shared, 'data/cifar10/test_labels.npy')];
const imagenet = [
  '--calib', join(shared, 'data/imagenet_calib_small'),
  '--eval', join(shared, 'data/imagenet_val'),
  '--eval-resize', 'none', '--eval-crop', '224'];
const cases = {
  'resnet20-w2-fast':
    ['resnet20_cifar10', cifar, ['--bits', '2', '--effort', 'fast']],
  'resnet20-w2': ['resnet20_cifar10', cifar, ['--bits', '2']],
  'resnet20-2.5':
    ['resnet20_cifar10', cifar, ['--bits', '2-4', '--avg-bits', '2.5']],
  'squeezenet-w4': ['squeezenet11_imagenet', imagenet, ['--bits', '4']],
  'mobilenet-w3-fast':
    ['mobilenetv2_imagenet', imagenet, ['--bits', '3', '--effort', 'fast']],
  'mobilenet-w3': ['mobilenetv2_imagenet', imagenet, ['--bits', '3']],
  'mobilenet-w3-thorough':
    ['mobilenetv2_imagenet', imagenet,
      ['--bits', '3', '--effort', 'thorough']],
  'mobilenet-1.5MiB':
    ['mobilenetv2_imagenet', imagenet,
      ['--bits', '2-8', '--first-last', 'free', '--payload', '1.5MiB']],
};

function runOnce(model, data, options, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'ompq-accuracy-'));
  try {
    const start = process.hrtime.bigint();
    const record = runJson(program,
      'quantize', join(shared, 'models', `${model}.onnx`), ...data, ...options,
      '--seed', String(seed), '-o', join(folder, 'out'));
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    return { ...record, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function summary(numbers, digits) {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  return [mean, Math.min(...numbers), Math.max(...numbers)]
    .map((x) => x.toFixed(digits)).join(' / ');
}

console.log('| case | float top-1 % | quantized top-1 % (mean / min / max) | '
  + 'whole process, s (mean / min / max) |');
console.log('|---|---|---|---|');
for (const [name, [model, data, options]] of Object.entries(cases)) {
  if (wanted.length > 0 && !wanted.includes(name)) {
    continue;
  }
  const runs = seeds.map((seed) => runOnce(model, data, options, seed));
  console.log(`| ${name} | ${(100 * runs[0].float_top1).toFixed(2)} | `
    + `${summary(runs.map((run) => 100 * run.quantized_top1), 2)} | `
    + `${summary(runs.map((run) => run.seconds), 1)} |`);
}
