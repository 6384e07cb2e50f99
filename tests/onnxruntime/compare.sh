#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# compare.sh RUN_NETWORK bundled|real
# compare.sh RUN_NETWORK quantized WRITE_QUANTIZED: compares the engine with ONNX
# Runtime on the bundled example, on the networks in $OMPQ_SHARED, or on the
# bundled example quantized. Exit status 77: what it needs is absent.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ ! -d node_modules/onnxruntime-node ]]; then
  echo "skipped: run ./test.sh, which installs onnxruntime-node here"
  exit 77
fi
models=(../../examples/bundled/shapes10.onnx)
if [[ $2 == real ]]; then
  shared=${OMPQ_SHARED:-../../../shared}
  if [[ ! -d $shared/models ]]; then
    echo "skipped: $shared/models is absent; set OMPQ_SHARED"
    exit 77
  fi
  models=("$shared"/models/*.onnx "$shared"/models/import/*.onnx)
fi
if [[ $2 == quantized ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # write WEIGHT_BITS ACTIVATION_BITS: one quantized network.
  write() {
    "$3" "${models[0]}" "$folder/w$1a$2.onnx" "$1" "$2"
  }
  write 2 0 "$3"
  write 8 0 "$3"
  node compare_engine.mjs "$1" "$folder"/*a0.onnx
  # Codes of activations may differ by one step.
  write 4 8 "$3"
  write 8 8 "$3"
  write 8 16 "$3"
  node compare_engine.mjs "$1" 0.03 "$folder"/*a{8,16}.onnx
  write 3 5 "$3"
  node compare_engine.mjs "$1" 0.03 unoptimized "$folder"/*.onnx
  exit
fi
exec node compare_engine.mjs "$1" "${models[@]}"
