// Time of a search against the number of images and against depth:
//
//   node scaling.mjs BENCHMARKS_FOLDER MODEL.onnx IMAGES.npy OUT_FOLDER
//
// BENCHMARKS_FOLDER holds the built search_worker and make_chain; IMAGES.npy as
// many uint8 images of the model's input size as are to be timed, up to 512.
// Writes scaling.json, search_images.svg and search_depth.svg.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lineChart } from './chart.mjs';
import { Worker, median } from './worker.mjs';

const kRuns = 3;
const kDepths = [8, 16, 32, 64];

const [programs, model, images, output] = process.argv.slice(2);

/** Median seconds of a search with `samples` images. */
async function timeSearch(network, data, samples) {
  const worker = new Worker(join(programs, 'search_worker'),
    ['search', network, data, samples, 0]);
  await worker.run();
  const seconds = [];
  for (let run = 0; run < kRuns; ++run) {
    seconds.push((await worker.run()).seconds);
  }
  worker.close();
  return median(seconds);
}

/** Number of images in a .npy file. */
function countImages(path) {
  const header = Buffer.alloc(256);
  readSync(openSync(path), header, 0, 256, 0);
  return Number(header.toString('latin1').match(/\((\d+),/)[1]);
}

const available = countImages(images);
const byImages = [];
for (const samples of [16, 32, 64, 128, 256, 512]) {
  if (samples > available) break;
  byImages.push([samples, await timeSearch(model, images, samples)]);
}

const folder = mkdtempSync(join(tmpdir(), 'ompq-scaling-'));
const pixels = Buffer.alloc(64 * 56 * 56 * 3, 0).map((_, i) => (i * 2654435761
  >>> 24) & 255);
const header = "{'descr': '|u1', 'fortran_order': False, "
  + "'shape': (64, 56, 56, 3), }";
const data = join(folder, 'images.npy');
writeFileSync(data, Buffer.concat([
  Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'),
  Buffer.from(header.padEnd(117) + '\n', 'latin1'), pixels]));
const byDepth = [];
for (const depth of kDepths) {
  const chain = join(folder, `chain_${depth}.onnx`);
  execFileSync(join(programs, 'make_chain'), [String(depth), chain]);
  byDepth.push([depth, await timeSearch(chain, data, 64)]);
}
rmSync(folder, { recursive: true });

writeFileSync(join(output, 'scaling.json'),
  `${JSON.stringify({ images: byImages, depth: byDepth }, null, 2)}\n`);
writeFileSync(join(output, 'search_images.svg'), lineChart({
  title: 'Time of a search against the number of images',
  xLabel: 'images', yLabel: 'seconds' },
[{ name: model.split('/').pop(), points: byImages }]));
writeFileSync(join(output, 'search_depth.svg'), lineChart({
  title: 'Time of a search against depth (64 images)',
  xLabel: 'convolutions of 32 channels, 56 x 56', yLabel: 'seconds' },
[{ name: 'chain', points: byDepth }]));
console.log(JSON.stringify({ images: byImages, depth: byDepth }));
