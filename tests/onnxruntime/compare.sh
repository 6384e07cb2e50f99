#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# compare.sh RUN_NETWORK bundled|real: compares the engine with ONNX Runtime on
# the bundled example, or on the networks in $OMPQ_SHARED. Exit status 77: what
# it needs is absent.
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
exec node compare_engine.mjs "$1" "${models[@]}"
