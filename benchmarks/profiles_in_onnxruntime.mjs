// Exported files of a network against its float model in ONNX Runtime: bytes,
// time to load, time of a batch with one and with two threads (alternating in
// one run), the images to which both ONNX Runtime and ompq's engine, as in ompq
// eval, give the same class, and for comparison those to which the engine gives the
// same class where it computes floats between quantizers, as a Markdown table:
//
//   node profiles_in_onnxruntime.mjs [--preprocess cifar10] [--classes]
//     IMAGES.npy RUN_NETWORK FLOAT.onnx FILE.onnx...
//
// IMAGES.npy holds uint8 [N, H, W, 3] of the network's input size. Times are
// medians, ratios medians of the ratios of runs that follow each other.
// RUN_NETWORK is a program of the tests. --classes compares classes only.
import { execFileSync } from 'node:child_process';
import {
  mkdtempSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readImages } from './images.mjs';
import { median } from './worker.mjs';

// onnxruntime-node is installed for the tests.
const require = createRequire(
  new URL('../tests/onnxruntime/package.json', import.meta.url));
const ort = require('onnxruntime-node');

// Numbers that are fed at once where classes are compared.
const kFed = 8e6;
const kRuns = 21;
const kLoads = 7;

/** The instruction sets that decide how fast integers are. */
function instructionSets() {
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8').match(/^flags.*$/m)[0];
    return flags.split(/\s+/)
      .filter((flag) => /^(avx2|avx512[fb]w?|.*vnni|amx_int8)$/.test(flag))
      .join(' ');
  } catch {
    return 'unknown';
  }
}

const load = (model, threads) => ort.InferenceSession.create(resolve(model), {
  logSeverityLevel: 3, intraOpNumThreads: threads });

const part = (images, begin, count) => {
  const [total, ...shape] = images.dims;
  const size = shape.reduce((product, each) => product * each, 1);
  const end = Math.min(begin + count, total);
  return new ort.Tensor('float32',
    images.data.subarray(begin * size, end * size), [end - begin, ...shape]);
};

async function seconds(session, tensor) {
  const start = performance.now();
  await session.run({ [session.inputNames[0]]: tensor });
  return performance.now() - start;
}

/** Ratios of each file's time to the first one's, and the medians in ms. */
function ratiosOf(times) {
  return times.map((own) => ({
    ms: median(own), ratio: median(own.map((time, i) => time / times[0][i])) }));
}

async function timeRuns(models, threads, tensor) {
  const sessions = await Promise.all(
    models.map((model) => load(model, threads)));
  const times = models.map(() => []);
  for (let run = -2; run < kRuns; ++run) {
    for (let i = 0; i < sessions.length; ++i) {
      const time = await seconds(sessions[i], tensor);
      if (run >= 0) times[i].push(time);
    }
  }
  return ratiosOf(times);
}

async function timeLoads(models) {
  const times = models.map(() => []);
  for (let run = -1; run < kLoads; ++run) {
    for (let i = 0; i < models.length; ++i) {
      const start = performance.now();
      await load(models[i], 1);
      if (run >= 0) times[i].push(performance.now() - start);
    }
  }
  return ratiosOf(times);
}

/** Index of the largest element of each row. */
function classes(scores, rows) {
  const width = scores.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const slice = scores.subarray(row * width, (row + 1) * width);
    return slice.indexOf(Math.max(...slice));
  });
}

function engineClasses(program, model, name, tensor, folder, integers) {
  const file = join(folder, 'input');
  const { buffer, byteOffset, byteLength } = tensor.data;
  writeFileSync(file, Buffer.from(buffer, byteOffset, byteLength));
  const testCase = join(folder, 'case.json');
  writeFileSync(testCase, JSON.stringify({
    model: resolve(model), integers, output_folder: folder,
    inputs: [{ name, type: 'float32', shape: tensor.dims, file }] }));
  const [output] = JSON.parse(
    execFileSync(program, [testCase], { encoding: 'utf8' }));
  const bytes = readFileSync(output.file);
  const scores = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return classes(scores, tensor.dims[0]);
}

async function compareClasses(program, model, images) {
  const session = await load(model, 2);
  const folder = mkdtempSync(join(tmpdir(), 'ompq-classes-'));
  const [total, ...shape] = images.dims;
  const batch = Math.ceil(kFed / shape.reduce((a, b) => a * b, 1));
  let same = 0;
  let sameInFloat = 0;
  for (let begin = 0; begin < total; begin += batch) {
    const tensor = part(images, begin, batch);
    const name = session.inputNames[0];
    const result = await session.run({ [name]: tensor });
    const theirs = classes(
      result[session.outputNames[0]].data, tensor.dims[0]);
    const [ours, inFloat] = [true, false].map((integers) =>
      engineClasses(program, model, name, tensor, folder, integers));
    same += ours.filter((each, i) => each === theirs[i]).length;
    sameInFloat += ours.filter((each, i) => each === inFloat[i]).length;
  }
  rmSync(folder, { recursive: true });
  return [same, sameInFloat];
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    preprocess: { type: 'string', default: 'imagenet' },
    classes: { type: 'boolean', default: false },
  },
});
const [file, program, ...models] = positionals;
const { data, dims } = readImages(file, Infinity, options.preprocess);
const images = new ort.Tensor('float32', data, dims);
const one = part(images, 0, 1);
const none = models.map(() => null);
const loads = options.classes ? none : await timeLoads(models);
const single = options.classes ? none : await timeRuns(models, 1, one);
const double = options.classes ? none : await timeRuns(models, 2, one);
const cell = (time) =>
  time === null ? '' : `${time.ms.toFixed(1)} (${time.ratio.toFixed(2)})`;
console.log(`instruction sets: ${instructionSets()}\n`);
console.log('| file | bytes | load, ms (ratio) | 1 thread, ms (ratio) | '
  + `2 threads, ms (ratio) | same class as the engine, of ${dims[0]} | `
  + 'engine on integers or not |');
console.log('|---|---|---|---|---|---|---|');
for (let i = 0; i < models.length; ++i) {
  const [same, inFloat] = await compareClasses(
    resolve(program), models[i], images);
  console.log(`| ${basename(models[i])} | ${statSync(models[i]).size} | `
    + `${cell(loads[i])} | ${cell(single[i])} | ${cell(double[i])} | ${same} | `
    + `${inFloat} |`);
}
