#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# compare.sh RUN_NETWORK
#   bundled|real|quantized|quantized_real|integers|integers_real WRITE_QUANTIZED
# compares the engine with ONNX Runtime on the bundled example, on the networks in
# $OMPQ_SHARED, or on both quantized in every profile that ONNX Runtime runs; or
# what lint_integers() says of them with what ONNX Runtime does. Exit status 77:
# what it needs is absent.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ ! -d node_modules/onnxruntime-node ]]; then
  echo "skipped: run ./test.sh, which installs onnxruntime-node here"
  exit 77
fi
models=(../../examples/bundled/shapes10.onnx)
if [[ $2 == *real ]]; then
  shared=${OMPQ_SHARED:-../../../shared}
  if [[ ! -d $shared/models ]]; then
    echo "skipped: $shared/models is absent; set OMPQ_SHARED"
    exit 77
  fi
  models=("$shared"/models/*.onnx "$shared"/models/import/*.onnx)
fi
if [[ $2 == integers* ]]; then
  node compare_integers.mjs "$3" 4 8 "${models[@]}"
  node compare_integers.mjs "$3" 8 8 "${models[@]}"
  exec node compare_integers.mjs "$3" 2 5 "${models[@]}"
fi
if [[ $2 == quantized_real ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  for model in "${models[@]}"; do
    name=$(basename "$model" .onnx)
    "$3" "$model" "$folder/$name-packed3.onnx" 3 0 packed
    "$3" "$model" "$folder/$name-packed7.onnx" 7 0 packed
    "$3" "$model" "$folder/$name-compact2.onnx" 2 0 compact
  done
  # Weights rounded without care leave some networks with outputs that magnify
  # the rounding of float32.
  node compare_engine.mjs "$1" 1e-3 "$folder"/*.onnx
  # Networks that compute no floats between quantizers differ nowhere; others
  # where a rounding of float32 moves a code.
  rm "$folder"/*.onnx
  for name in mobilenetv2_imagenet resnet20_cifar10 import/magika_v2_1 \
    import/matchboxnet import/mnist import/version-RFB-320 \
    import/version-slim-320_simplified import/yunet_n_320_320 \
    import/yunet_s_dynamic; do
    for profile in packed compact fast; do
      "$3" "$shared/models/$name.onnx" \
        "$folder/$(basename "$name")-$profile.onnx" 4 8 $profile
    done
  done
  node compare_engine.mjs "$1" 1e-6 integers "$folder"/*.onnx
  exit
fi
if [[ $2 == quantized ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # write WEIGHT_BITS ACTIVATION_BITS PROGRAM [PROFILE]: one quantized network.
  write() {
    "$3" "${models[0]}" "$folder/${4-}w$1a$2.onnx" "$1" "$2" ${4-} >/dev/null
  }
  write 2 0 "$3"
  write 8 0 "$3"
  for bits in 1 2 3 5 9; do
    write "$bits" 0 "$3" compact
  done
  for bits in {1..9} 12 16; do
    write "$bits" 0 "$3" packed
  done
  node compare_engine.mjs "$1" "$folder"/*a0.onnx
  # Codes of activations may differ by one step.
  write 4 8 "$3"
  write 8 8 "$3"
  write 8 16 "$3"
  write 5 8 "$3" packed
  write 3 5 "$3" packed
  write 2 8 "$3" compact
  write 2 8 "$3" fast
  write 4 8 "$3" fast
  write 8 8 "$3" fast
  node compare_engine.mjs "$1" 0.03 "$folder"/*a{8,16}.onnx
  # Where integers are computed, none differs.
  node compare_engine.mjs "$1" 1e-6 integers "$folder"/{packed,fast}*a8.onnx
  write 3 5 "$3"
  write 3 5 "$3" fast
  node compare_engine.mjs "$1" 0.03 unoptimized "$folder"/*.onnx
  exit
fi
exec node compare_engine.mjs "$1" "${models[@]}"
