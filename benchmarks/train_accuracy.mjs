// SPDX-License-Identifier: MIT
// Accuracy and time of `ompq train` on ResNet-20, three seeds each, as a
// Markdown table. Trainings of w2a8 start from the result of `ompq quantize`
// with the same seed, others from the float network; all are measured once, at
// their end, on the test images. First and last layer have 8 bits.
//
//   node benchmarks/train_accuracy.mjs OMPQ [--seeds N] [CASE ...] [-- FLAG ...]
//
// OMPQ is the program; network and images come from the folder OMPQ_SHARED.
// Without names all cases run. Flags behind -- are handed to `ompq train`, for
// instance `--hold-out 0.2 --validate held-out`, by which its settings were
// chosen: then the accuracy on the held-out part is printed, and no test image
// is read. A flag that the case has as well replaces it.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJson } from './program.mjs';

const shared = process.env.OMPQ_SHARED ?? '../shared';
// Quantized networks are kept here between runs, if given.
const kept = process.env.OMPQ_KEEP;
const [program, ...words] = process.argv.slice(2);
const dashes = words.indexOf('--');
const flags = dashes < 0 ? [] : words.slice(dashes + 1);
const names = dashes < 0 ? words : words.slice(0, dashes);
const count = names[0] === '--seeds' ? Number(names.splice(0, 2)[1]) : 3;

const data = join(shared, 'data/cifar10');
const model = join(shared, 'models/resnet20_cifar10.onnx');
const images = join(data, 'train_images.npy');
const labels = ['--labels', join(data, 'train_labels.npy')];
const test = [
  '--eval', join(data, 'test_images.npy'),
  '--eval-labels', join(data, 'test_labels.npy')];
const augmentation = ['--random-crop', '--pad', '4', '--flip'];
const unlabelled = ['--distill', '1'];
// Three bits want more and larger steps, and are taught best by the float network
// alone.
const narrow = ['--learning-rate', '0.01', '--batch', '64', '--distill', '1'];
const cases = {
  'w2a8': { bits: 2, act: 8, quantize: true, options: labels },
  'w4a4': { bits: 4, act: 4, options: labels },
  'w3a3': { bits: 3, act: 3, options: [...labels, ...narrow] },
  'w2a8-unlabelled':
    { bits: 2, act: 8, quantize: true, options: unlabelled },
  'w4a4-unlabelled': { bits: 4, act: 4, options: unlabelled },
  'w3a3-unlabelled': { bits: 3, act: 3, options: narrow },
};

function quantized(folder, bits, act, seed) {
  const place = join(kept ?? folder, `w${bits}a${act}-${seed}`);
  if (!existsSync(join(place, 'record.json'))) {
    mkdirSync(kept ?? folder, { recursive: true });
    runJson(program, 'quantize', model, '--calib', images, '--bits', String(bits),
      '--act-bits', String(act), '--seed', String(seed), '-o', place);
  }
  return place;
}

/// Pairs of flag and value, without those that the command line has.
function withoutReplaced(options) {
  return options.filter((_, i) => !flags.includes(options[i - i % 2]));
}

function runOnce({ bits, act, quantize, options }, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'ompq-train-'));
  try {
    const start = quantize
      ? ['--from', quantized(folder, bits, act, seed)]
      : ['--bits', String(bits), '--act-bits', String(act)];
    const chooses = flags.includes('--hold-out');
    const begin = process.hrtime.bigint();
    const record = runJson(program, 'train', model, '--data', images,
      ...withoutReplaced(options),
      ...augmentation, ...start, '--seed', String(seed),
      ...(chooses ? flags : ['--validate', 'none', ...test, ...flags]),
      '-o', join(folder, 'out'));
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
    const last = record.training.epochs.at(-1);
    const top1 = chooses ? last.validation.accuracy : record.quantized_top1;
    return {
      top1, seconds, rate: record.training.images_per_s,
      waiting: record.training.waiting_share,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function summary(numbers, digits) {
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
  return [mean, Math.min(...numbers), Math.max(...numbers)]
    .map((x) => x.toFixed(digits)).join(' / ');
}

console.log('| case | top-1 % (mean / min / max) | whole process, s | images/s '
  + '| waiting for data, % |');
console.log('|---|---|---|---|---|');
for (const [name, settings] of Object.entries(cases)) {
  if (names.length > 0 && !names.includes(name)) {
    continue;
  }
  const runs = [...Array(count).keys()].map((seed) => runOnce(settings, seed));
  console.log(`| ${name} | ${summary(runs.map((r) => 100 * r.top1), 2)} | `
    + `${summary(runs.map((r) => r.seconds), 0)} | `
    + `${summary(runs.map((r) => r.rate), 0)} | `
    + `${summary(runs.map((r) => 100 * r.waiting), 1)} |`);
}
