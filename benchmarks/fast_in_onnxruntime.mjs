// Times a network in the fast form against its float model in ONNX Runtime,
// alternating in one run, with one and with two threads; and counts the images
// to which both ONNX Runtime and ompq's engine give the same class:
//
//   node fast_in_onnxruntime.mjs FLOAT.onnx FAST.onnx IMAGES.npy
//        [BATCH] [RUNS] [RUN_NETWORK]
//
// IMAGES.npy holds uint8 [N, H, W, 3] of the network's input size. Times are
// medians in milliseconds for one batch. RUN_NETWORK is a program of the tests;
// without it nothing is compared.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readImages } from './images.mjs';
import { median } from './worker.mjs';

// onnxruntime-node is installed for the tests.
const require = createRequire(
  new URL('../tests/onnxruntime/package.json', import.meta.url));
const ort = require('onnxruntime-node');

const kCompared = 50;

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

async function compareTimes(models, threads, tensor, runs) {
  const sessions = await Promise.all(
    models.map((model) => load(model, threads)));
  const times = models.map(() => []);
  for (let run = -2; run < runs; ++run) {
    for (let i = 0; i < sessions.length; ++i) {
      const time = await seconds(sessions[i], tensor);
      if (run >= 0) times[i].push(time);
    }
  }
  const [float, fast] = times.map(median);
  const ratios = times[0].map((time, run) => time / times[1][run]);
  console.log(`${threads} thread${threads > 1 ? 's' : ''}: float `
    + `${float.toFixed(2)} ms, fast ${fast.toFixed(2)} ms, ratio `
    + median(ratios).toFixed(2));
}

/** Index of the largest element of each row. */
function classes(scores, rows) {
  const width = scores.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const slice = scores.subarray(row * width, (row + 1) * width);
    return slice.indexOf(Math.max(...slice));
  });
}

function engineClasses(program, model, name, tensor, folder) {
  const file = join(folder, 'input');
  const { buffer, byteOffset, byteLength } = tensor.data;
  writeFileSync(file, Buffer.from(buffer, byteOffset, byteLength));
  const testCase = join(folder, 'case.json');
  writeFileSync(testCase, JSON.stringify({
    model: resolve(model), output_folder: folder,
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
  let same = 0;
  for (let begin = 0; begin < images.dims[0]; begin += kCompared) {
    const tensor = part(images, begin, kCompared);
    const name = session.inputNames[0];
    const result = await session.run({ [name]: tensor });
    const theirs = classes(
      result[session.outputNames[0]].data, tensor.dims[0]);
    const ours = engineClasses(program, model, name, tensor, folder);
    same += ours.filter((each, i) => each === theirs[i]).length;
  }
  rmSync(folder, { recursive: true });
  console.log(`same class as ompq's engine: ${same} of ${images.dims[0]}`);
}

const [float, fast, file, batch = '1', runs = '21', program] =
  process.argv.slice(2);
const { data, dims } = readImages(file);
const images = new ort.Tensor('float32', data, dims);
console.log(`instruction sets: ${instructionSets()}`);
for (const threads of [1, 2]) {
  await compareTimes(
    [float, fast], threads, part(images, 0, Number(batch)), Number(runs));
}
if (program) await compareClasses(resolve(program), fast, images);
