// SPDX-License-Identifier: MIT
// `ompq study` on the reference networks, as Markdown: the tables of
// docs/study.md.
//
//   node benchmarks/study.mjs OMPQ [NETWORK ...] [-- FLAG ...]
//
// OMPQ is the program; networks and images come from the folder OMPQ_SHARED.
// NETWORK: resnet20, squeezenet11, mobilenetv2; without names all.
// Flags go to every run.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const shared = process.env.OMPQ_SHARED ?? '../shared';
const [program, ...rest] = process.argv.slice(2);
const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
const wanted = rest.slice(0, end);
const extra = rest.slice(end + 1);

const cifar = [
  '--calib', join(shared, 'data/cifar10/train_images.npy'),
  '--eval', join(shared, 'data/cifar10/test_images.npy'),
  '--eval-labels', join(shared, 'data/cifar10/test_labels.npy'),
  '--eval-samples', '5000', '--averages', '2.5,3,4', '--reconstruct'];
const imagenet = [
  '--calib', join(shared, 'data/imagenet_calib_small'),
  '--eval', join(shared, 'data/imagenet_val'),
  '--eval-resize', 'none', '--eval-crop', '224', '--eval-samples', '650',
  '--plans', '8',
  '--averages', '2.5,3,4', '--reconstruct', '--first-last', 'free'];
const networks = {
  resnet20: ['resnet20_cifar10', cifar],
  // The classifiers have more than a third of the weights.
  squeezenet11: ['squeezenet11_imagenet', imagenet],
  mobilenetv2: ['mobilenetv2_imagenet', imagenet],
};

for (const [name, [model, flags]] of Object.entries(networks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = mkdtempSync(join(tmpdir(), 'ompq-study-'));
  try {
    const file = join(folder, 'study.md');
    const start = process.hrtime.bigint();
    execFileSync(program, [
      'study', join(shared, 'models', `${model}.onnx`), ...flags, ...extra,
      '--quiet', '--markdown', file],
    { stdio: ['ignore', 'ignore', 'inherit'] });
    const seconds = Number(process.hrtime.bigint() - start) / 1e9;
    console.log(`## ${name}\n\n${readFileSync(file, 'utf8')}`);
    console.log(`The study took ${seconds.toFixed(0)} s.\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
