// Compares what lint_integers() says of networks with what ONNX Runtime does.
//
//   node compare_integers.mjs WRITE_QUANTIZED WEIGHT_BITS ACTIVATION_BITS MODEL.onnx...
//
// Quantizes each network plainly, writes the fast form, lets ONNX Runtime
// optimize it, and looks every node up in the result. The last line is
// "N passed, N failed".
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ort from 'onnxruntime-node';
import { readNodes } from './onnx_nodes.mjs';

const kLayers = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** Nodes after ONNX Runtime's optimization, by name. */
async function optimizedNodes(model, folder) {
  const optimized = join(folder, 'optimized.onnx');
  await ort.InferenceSession.create(model, {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'extended',
    optimizedModelFilePath: optimized,
  });
  return readNodes(optimized);
}

function isConversion(node) {
  return node.opType === 'QuantizeLinear' || node.opType === 'DequantizeLinear';
}

/** What is wrong with a row, or undefined. */
function mistake(row, nodes, producers) {
  const node = nodes.find(({ name }) => name === row.name);
  if (row.execution === 'merged') {
    return node && isConversion(node) ? 'is still there' : undefined;
  }
  // Constant folding and removal of nodes without effect leave none.
  if (!node) return undefined;
  if (row.execution === 'float') {
    return /^Q(Linear|Gemm)|IntegerToFloat$/.test(node.opType)
      ? `is ${node.opType}` : undefined;
  }
  if (node.opType !== row.reason) return `is ${node.opType}`;
  const source = producers.get(node.inputs[0]);
  return source?.opType === 'DequantizeLinear' && !/ToFloat$/.test(node.opType)
    ? 'reads floats' : undefined;
}

function tally(words) {
  const counts = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return Object.entries(counts).sort()
    .map(([word, count]) => `${count} ${word}`).join(', ');
}

async function compareModel(program, bits, model, folder) {
  const fast = join(folder, 'fast.onnx');
  let lint;
  try {
    lint = JSON.parse(execFileSync(
      program, [model, fast, ...bits, 'fast'],
      { encoding: 'utf8', stdio: 'pipe' }));
  } catch (error) {
    console.log(`FAILED: ${model}: ${String(error.stderr).trim()}`);
    return false;
  }
  const nodes = await optimizedNodes(fast, folder);
  const producers = new Map(nodes.flatMap((node) =>
    node.outputs.map((output) => [output, node])));
  const kernels = (list, key) => tally(list.map((each) => each[key])
    .filter((word) => /^Q(Linear|Gemm)|IntegerToFloat$/.test(word)));
  const said = kernels(
    lint.rows.filter((row) => row.execution === 'integer'), 'reason');
  const done = kernels(nodes, 'opType');
  let isRight = said === done;
  console.log(`${basename(model)}: ${lint.summary}; ${done}`);
  if (!isRight) console.log(`  the lint says ${said}`);
  for (const row of lint.rows) {
    const text = mistake(row, nodes, producers);
    if (text !== undefined) {
      isRight = false;
      console.log(`  '${row.name}' (${row.op_type}) ${text}; the lint says `
        + `${row.execution}, ${row.reason}`);
    } else if (row.execution === 'float' && kLayers.has(row.op_type)) {
      console.log(`  float: '${row.name}' (${row.op_type}): ${row.reason}`);
    }
  }
  console.log(isRight ? 'ok' : `FAILED: ${model}`);
  return isRight;
}

const [program, weightBits, activationBits, ...models] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ompq-integers-'));
let passed = 0;
try {
  for (const model of models) {
    const bits = [weightBits, activationBits];
    if (await compareModel(program, bits, model, folder)) ++passed;
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`${passed} passed, ${models.length - passed} failed`);
process.exitCode = passed === models.length ? 0 : 1;
