// SPDX-License-Identifier: MIT
// The document that ompq put into the page.

/// The upper triangle that `pack_shares` wrote, as a full matrix of L x L
/// numbers in [0, 1], row after row.
export function unpackShares(text, layers) {
  const raw = atob(text);
  const matrix = new Float32Array(layers * layers);
  let place = 0;
  for (let i = 0; i < layers; ++i) {
    for (let j = i; j < layers; ++j, place += 2) {
      const share =
        (raw.charCodeAt(place) | raw.charCodeAt(place + 1) << 8) / 65535;
      matrix[i * layers + j] = share;
      matrix[j * layers + i] = share;
    }
  }
  return matrix;
}

/// Layers with their number and the bytes of their weights.
function withSizes(run) {
  run.layers.forEach((layer, index) => {
    layer.index = index + 1;
    layer.bytes = Math.ceil(layer.weights * layer.bits / 8);
  });
  return run;
}

export function readData() {
  const data = JSON.parse(document.getElementById("data").textContent);
  data.runs.forEach(withSizes);
  return data;
}

/// Layers as words: "Conv, 3 x 3" is not known here, the kind is.
export const layerTitle = (layer, shorten) =>
  `${layer.index}. ${shorten(layer.name)}`;

/// Quantity of a trade-off curve's points by its budget.
export function frontQuantity(front) {
  const fields = {
    file_size: "file_bytes",
    payload: "payload_bytes",
    average_bits: "average_bits",
  };
  return fields[front.budget] ?? "limit";
}

/// One word of a command line as a shell reads it.
export function shellWord(word) {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word
    : `'${word.replace(/'/g, "'\\''")}'`;
}

/// The command line of a run, with the program as people call it.
export const commandLine = (run) =>
  ["ompq", ...run.command.slice(1).map(shellWord)].join(" ");
