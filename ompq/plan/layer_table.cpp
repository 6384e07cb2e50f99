// SPDX-License-Identifier: MIT
#include "ompq/plan/layer_table.h"

namespace ompq {

std::string_view to_string(LayerKind kind) {
  switch (kind) {
    case LayerKind::Conv:
      return "Conv";
    case LayerKind::ConvTranspose:
      return "ConvTranspose";
    case LayerKind::Gemm:
      return "Gemm";
    case LayerKind::MatMul:
      return "MatMul";
  }
  return "Conv";
}

std::int64_t total_weights(const LayerTable& layers) {
  std::int64_t sum = 0;
  for (const Layer& layer : layers) {
    sum += layer.weights;
  }
  return sum;
}

std::int64_t total_macs(const LayerTable& layers) {
  std::int64_t sum = 0;
  for (const Layer& layer : layers) {
    sum += layer.macs;
  }
  return sum;
}

}  // namespace ompq
