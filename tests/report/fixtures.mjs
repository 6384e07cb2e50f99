// SPDX-License-Identifier: MIT
// Files as ompq writes them, for networks that nobody has.
import {mkdirSync, writeFileSync} from "node:fs";
import {join} from "node:path";

/// Numbers in [0, 1), the same in every run.
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/// Names that would do harm as markup, break a parser or a layout.
export const hostileNames = [
  "<img src=x onerror=\"window.harm = 1\">",
  "</script><script>window.harm = 2</script>",
  "<!-- <script>",
  "' onmouseover='window.harm = 3' \"&amp;&lt;",
  "javascript:window.harm=4",
  "__proto__",
  "constructor",
  "\u5c64/\u30ec\u30a4\u30e4\u30fc/\ud83d\ude80",
  "\u0637\u0628\u0642\u0629/\u05e9\u05db\u05d1\u05d4",
  "line\u2028separator\u2029here",
  "features." + "block.".repeat(49),
  "${window.harm = 5}`",
];

export const layerNames = (count) => Array.from(
  {length: count}, (_, i) => `features.${Math.floor(i / 3)}.conv${i % 3}`);

const hash = "ab".repeat(32);
const kinds = ["Conv", "Conv", "Conv", "Gemm", "MatMul", "ConvTranspose"];

export function makePlan(names, {bits, file = "made.onnx", seed = 1} = {}) {
  const next = random(seed);
  const layers = names.map((name, i) => {
    const gamma = 1 + 3 * next();
    const drawn = 2 + Math.floor(next() * 7);
    return {
      name,
      kind: kinds[i % kinds.length],
      weights: 64 + Math.floor(next() * 40000),
      output_channels: 16,
      macs: 1000 + Math.floor(next() * 4e6),
      weight_bits: bits ?? drawn,
      activation_bits: i % 4 === 0 ? "float" : 8,
      gamma,
      gamma_interval: [gamma * 0.9, gamma * 1.08],
      theta: Math.exp(-gamma),
      coefficient: next(),
      error_per_width: Object.fromEntries(
        [2, 3, 4, 5, 6, 7, 8].map((width) => [width, 4 ** -width])),
    };
  });
  const orm = names.map(() => new Array(names.length).fill(1));
  for (let i = 0; i < names.length; ++i) {
    for (let j = i + 1; j < names.length; ++j) {
      orm[i][j] = orm[j][i] =
        Math.round(1e4 * Math.exp(-(j - i) / 8) * (0.6 + 0.4 * next())) / 1e4;
    }
  }
  return {
    format: "ompq-plan",
    version: 1,
    model: {file, hash},
    seed: 0,
    settings: {score: "ompq", beta: 10},
    size_model: {fixed_bytes: 4000, bytes_per_plane: 300},
    budgets: [{kind: "file_size", limit: 5e6, shadow_price: 1e-6}],
    solver: {
      method: "core", status: "optimal", objective: 12.5, bound: 12.5, gap: 0,
      degenerate_coefficients: false,
    },
    layers,
    orm,
  };
}

export function makeRecord(plan, {top1 = 0.78} = {}) {
  const next = random(7);
  return {
    format: 2,
    versions: {ompq: "0.1.0", libtorch: "1.13.0"},
    command: [
      "/usr/bin/ompq", "quantize", "made.onnx", "--calib", "my photos/",
      "--size", "5MB", "-o", "out/"],
    machine: {
      processor: "A processor", cores: 2, memory_bytes: 8589934592,
      system: "Linux 6.1 x86_64"},
    date: "2026-01-31T12:00:00Z",
    model: plan.model,
    seed: 0,
    threads: 2,
    float: {images: 650, top1: 0.79, top5: 0.94, skipped: 0, seconds: 4},
    quantized: {images: 650, top1, top5: 0.93, skipped: 0, seconds: 4},
    totals: {
      weights: 1, average_bits: 4, payload_bytes: 1000000,
      bit_operations: 1e9, file_bytes: 1234567},
    export: {profile: "packed", file: "model.onnx", file_bytes: 1234567},
    units: plan.layers.filter((_, i) => i % 3 === 0).map(({name}) => ({
      name, layers: 1, sqnr_before_db: 10, sqnr_after_db: 14, iterations: 250,
      seconds: 1,
      losses: Array.from({length: 50}, (_, k) => [
        5 * (k + 1), (0.02 + 0.05 * next()) * Math.exp(-k / 20) + 0.005]),
    })),
    layers: plan.layers.map((layer) => ({
      name: layer.name, kind: layer.kind, weights: layer.weights,
      weight_bits: layer.weight_bits, activation_bits: 8,
      sqnr_before_db: 8 + 6 * next(), sqnr_db: 15 + 8 * next(),
    })),
    calibration: {examples: 1024},
    settings: {effort: "fast", "<b>name</b>": "<i>value</i>"},
    seconds: {decode: 1.2, reconstruct: 61, write: 0.4, "eval float": 4},
    peak_memory_bytes: 1288490188,
  };
}

export function makeFront(plan) {
  const points = Array.from({length: 12}, (_, i) => ({
    limit: 4e5 + 1e5 * i,
    file_bytes: 39e4 + 1e5 * i,
    payload_bytes: 38e4 + 1e5 * i,
    average_bits: 2 + 0.5 * i,
    bit_operations: 1e9,
    predicted_loss: 2 * Math.exp(-i / 2),
    objective: -2 * Math.exp(-i / 2),
    gap: 0,
    weight_bits: plan.layers.map((_, k) => Math.min(8, 2 + (i + k) % 7)),
  }));
  return {
    version: 1, model: plan.model.file, model_hash: plan.model.hash,
    settings: {}, budget: "file_size", picked: 5,
    layers: plan.layers.map(({name}) => name), points,
  };
}

export function makeStudy(plan) {
  const next = random(3);
  const cells = () => [2.5, 4].map(() => ({
    top1: 0.3 + 0.5 * next(),
    divergence: next(),
    correlation: {
      spearman: 0.6, spearman_low: 0.4, spearman_high: 0.75, kendall: 0.5},
  }));
  const names = ["fisher", "sqnr", "ompq", "hawq", "size", "<b>uniform</b>"];
  return {
    version: 1, model: plan.model.file, model_hash: plan.model.hash,
    calibration_images: 64, evaluation_images: 500, float_top1: 0.88,
    budgets: [2.5, 4].map((average_bits) => ({
      average_bits, random_top1: [0.2, 0.5, 0.7],
      divergence_correlation: {}})),
    scores: names.map((name) => ({name, budgets: cells()})),
  };
}

export function makeHistory() {
  return {epochs: Array.from({length: 12}, (_, i) => ({
    epoch: i + 1,
    steps: 100 * (i + 1),
    training: {loss: 2 * Math.exp(-i / 4), accuracy: 0.82 - 0.6 / (i + 1)},
    validation: {loss: 0.3 + Math.exp(-i / 3), accuracy: 0.8 - 0.5 / (i + 1)},
  })), steps: []};
}

/// Writes files into a folder: {name: document}.
export function writeFolder(folder, files) {
  mkdirSync(folder, {recursive: true});
  for (const [name, document] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(document));
  }
  return folder;
}
