// Times ompq against one ONNX Runtime float pass over the same images,
// alternating in one run:
//
//   node against_onnxruntime.mjs WORKER search|float MODEL.onnx IMAGES.npy
//        [SAMPLES] [MICRO_BATCH] [RUNS]
//
// IMAGES.npy holds uint8 [N, H, W, 3] of the network's input size. Prints both
// medians in seconds, the median of the ratios, and the worker's peak memory.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { readImages } from './images.mjs';
import { Worker, median } from './worker.mjs';

// onnxruntime-node is installed for the tests.
const require = createRequire(
  new URL('../tests/onnxruntime/package.json', import.meta.url));
const ort = require('onnxruntime-node');

const [worker, mode, model, images, samples = '64', microBatch = '0',
  runs = '9'] = process.argv.slice(2);
const session = await ort.InferenceSession.create(resolve(model), {
  logSeverityLevel: 3 });
const count = Number(samples);
const batch = mode === 'float' && Number(microBatch) > 0
  ? Number(microBatch) : Math.min(count, 64);
const input = readImages(images, count);
const [, channels, height, width] = input.dims;
const stride = batch * channels * height * width;
const feeds = [];
for (let begin = 0; begin < count; begin += batch) {
  const size = Math.min(batch, count - begin);
  const offset = begin / batch * stride;
  feeds.push({ [session.inputNames[0]]: new ort.Tensor('float32',
    input.data.subarray(offset, offset + size * channels * height * width),
    [size, channels, height, width]) });
}

const ompq = new Worker(worker, [mode, model, images, samples, microBatch]);
const runOther = async () => {
  const start = performance.now();
  for (const feed of feeds) await session.run(feed);
  return (performance.now() - start) / 1e3;
};
// The other runtime's threads spin for a moment after a run.
const rest = () => new Promise((done) => setTimeout(done, 200));

await runOther();
await ompq.run();
const ours = [];
const theirs = [];
let peak = 0;
for (let run = 0; run < Number(runs); ++run) {
  await rest();
  theirs.push(await runOther());
  await rest();
  const result = await ompq.run();
  ours.push(result.seconds);
  peak = result.peak_bytes;
}
ompq.close();
console.log(JSON.stringify({
  mode, model: model.split('/').pop(), samples: count,
  micro_batch: Number(microBatch), runs: Number(runs),
  ompq_seconds: median(ours), onnxruntime_seconds: median(theirs),
  ratio: median(ours.map((seconds, i) => seconds / theirs[i])),
  peak_mebibytes: Math.round(peak / 1048576),
}));
