// Runs networks in ONNX Runtime and in ompq's engine on the same random inputs
// and compares the outputs.
//
//   node compare_engine.mjs RUN_NETWORK [TOLERANCE [unoptimized|integers]] MODEL.onnx...
//
// Dynamic dimensions get three different sizes. The largest difference must
// stay below TOLERANCE, 1e-4 if absent, of the output's largest magnitude (or
// 5e-7). Where it is up to ten times that, a run of the engine in float64 decides:
// outputs that magnify the rounding of float32 may be three times as far from it
// as those of ONNX Runtime. Quantized networks need a larger tolerance: where an
// activation lies between two codes, rounding errors decide. `unoptimized`: ONNX
// Runtime runs every operator as it stands there. `integers`: the engine runs
// operators on integers where ONNX Runtime does. The last line is "N passed, N
// failed".
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ort from 'onnxruntime-node';

const kTolerance = 1e-4;
// ONNX Runtime approximates the logistic function with an absolute error of
// about 1e-7, so scores that are all near zero have no correct digits there.
const kLogisticError = 5e-7;
// How much farther than ONNX Runtime's an output may be from that in float64.
const kRoundingRatio = 3;
// How many tolerances such outputs may differ by.
const kMagnified = 10;
// [size of a dynamic first dimension, size of any other dynamic dimension]
const kDynamicSizes = [[1, 64], [2, 96], [3, 160]];
const kArrays = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array,
  int32: Int32Array, uint8: Uint8Array, int8: Int8Array, bool: Uint8Array,
};

/** Deterministic uniform numbers in [0, 1) (mulberry32). */
function randomStream(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function randomInput(type, shape, random) {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = new kArrays[type](count);
  for (let i = 0; i < count; ++i) {
    const sample = random() * 4 - 2;
    if (type === 'int64') data[i] = BigInt(Math.floor(random() * 256));
    else if (type.startsWith('float')) data[i] = sample;
    else if (type === 'bool') data[i] = random() < 0.5 ? 0 : 1;
    else data[i] = Math.floor(random() * 256);
  }
  return new ort.Tensor(type, data, shape);
}

function concreteShape(shape, [batch, size]) {
  return shape.map((dimension, axis) =>
    typeof dimension === 'number' && dimension > 0
      ? dimension : (axis === 0 ? batch : size));
}

const [program, ...words] = process.argv.slice(2);
const tolerance = words[0] > 0 ? Number(words.shift()) : kTolerance;
const mode = ['unoptimized', 'integers'].includes(words[0])
  ? words.shift() : '';
const models = words;

function runEngine(program, model, feeds, folder, precision) {
  const inputs = Object.entries(feeds).map(([name, tensor], index) => {
    const file = join(folder, `in_${index}`);
    const { buffer, byteOffset, byteLength } = tensor.data;
    writeFileSync(file, Buffer.from(buffer, byteOffset, byteLength));
    return { name, type: tensor.type, shape: tensor.dims, file };
  });
  const testCase = join(folder, 'case.json');
  writeFileSync(testCase, JSON.stringify({
    model, precision, integers: mode === 'integers', inputs,
    output_folder: folder }));
  const printed = execFileSync(program, [testCase], { encoding: 'utf8' });
  return JSON.parse(printed).map((output) =>
    ({ ...output, data: readOutput(output) }));
}

function readOutput(output) {
  const bytes = readFileSync(output.file);
  const array = kArrays[output.type];
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return new array(copy);
}

/** Largest difference over the largest magnitude of the expected output. */
function relativeError(expected, actual) {
  if (expected.length !== actual.length) return Infinity;
  let difference = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; ++i) {
    const want = Number(expected[i]);
    const got = Number(actual[i]);
    if (Number.isNaN(want) !== Number.isNaN(got)) return Infinity;
    if (want === got || Number.isNaN(want)) continue;
    difference = Math.max(difference, Math.abs(want - got));
    magnitude = Math.max(magnitude, Math.abs(want));
  }
  return difference <= kLogisticError ? 0 : difference / magnitude;
}

/**
 * How the engine's outputs differ from those expected.
 * @returns {{error: number, ratio?: number}} the largest relative error, and
 * where it is not within the tolerance: how much farther the engine is from
 * outputs in float64 than what was expected is
 */
function compareOutputs(program, model, feeds, expected, tolerance) {
  const folder = mkdtempSync(join(tmpdir(), 'ompq-compare-'));
  try {
    const outputs = runEngine(program, model, feeds, folder, 'float32');
    const errors = outputs.map(({ name, shape, data }) =>
      expected[name] && String(expected[name].dims) === String(shape)
        ? relativeError(expected[name].data, data) : Infinity);
    const error = Math.max(...errors);
    if (error < tolerance || error >= kMagnified * tolerance) return { error };
    const exact = runEngine(program, model, feeds, folder, 'float64');
    const ratios = outputs.map(({ name, data }, i) => errors[i] < tolerance
      ? 0 : relativeError(exact[i].data, data)
        / relativeError(exact[i].data, expected[name].data));
    return { error, ratio: Math.max(...ratios) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compareOnce(program, model, session, sizes, tolerance) {
  const random = randomStream(sizes[1]);
  const feeds = {};
  for (const input of session.inputMetadata) {
    const shape = concreteShape(input.shape, sizes);
    feeds[input.name] = randomInput(input.type, shape, random);
  }
  const shapes = Object.values(feeds).map((t) => `[${t.dims}]`).join(' ');
  let expected;
  try {
    expected = await session.run(feeds);
  } catch (error) {
    return { shapes, refused: String(error.message).split('\n')[0] };
  }
  try {
    return {
      shapes, outputs: Object.keys(expected).length,
      ...compareOutputs(program, model, feeds, expected, tolerance) };
  } catch (error) {
    return { shapes, failure: String(error.stderr || error.message).trim() };
  }
}

async function compareModel(program, model, tolerance, optimization) {
  const session = await ort.InferenceSession.create(model, {
    logSeverityLevel: 3, graphOptimizationLevel: optimization });
  const isDynamic = session.inputMetadata.some((input) =>
    input.shape.some((size) => typeof size !== 'number' || size <= 0));
  let compared = 0;
  let failed = 0;
  for (const sizes of isDynamic ? kDynamicSizes : [kDynamicSizes[0]]) {
    const result = await compareOnce(
      program, model, session, sizes, tolerance);
    const line = `${basename(model)} ${result.shapes}`;
    if (result.refused) {
      console.log(`refused by ONNX Runtime: ${line}: ${result.refused}`);
    } else if (result.error < tolerance) {
      ++compared;
      console.log(`ok: ${line}: ${result.outputs} outputs, largest error `
        + result.error.toExponential(1));
    } else if (result.ratio <= kRoundingRatio) {
      ++compared;
      console.log(`ok: ${line}: ${result.outputs} outputs, largest error `
        + `${result.error.toExponential(1)}, ${result.ratio.toFixed(1)} times as `
        + 'far from float64 as ONNX Runtime');
    } else {
      ++failed;
      console.log(`FAILED: ${line}: ${result.failure ?? result.error}`
        + (result.ratio ? `, ${result.ratio} times as far from float64` : ''));
    }
  }
  if (compared + failed === 0) console.log(`FAILED: ${model}: nothing ran`);
  return failed === 0 && compared > 0;
}

const optimization = mode === 'unoptimized' ? 'disabled' : 'all';
let passed = 0;
for (const model of models) {
  if (await compareModel(program, model, tolerance, optimization)) ++passed;
}
console.log(`${passed} passed, ${models.length - passed} failed`);
process.exitCode = passed === models.length ? 0 : 1;
