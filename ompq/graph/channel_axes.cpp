// SPDX-License-Identifier: MIT
#include "ompq/graph/channel_axes.h"

namespace ompq {

ChannelAxes channel_axes(const Layer& layer, const Node& node) {
  const auto dimensions = static_cast<std::int64_t>(layer.weight_shape.size());
  switch (layer.kind) {
    case LayerKind::Conv:
      break;
    case LayerKind::ConvTranspose:
      return {.output = 1, .input = 0};
    case LayerKind::Gemm:
      return node.integer("transB", 0) != 0
                 ? ChannelAxes{.output = 0, .input = 1}
                 : ChannelAxes{.output = 1, .input = 0};
    case LayerKind::MatMul:
      return {.output = dimensions - 1, .input = dimensions - 2};
  }
  return {.output = 0, .input = 1};
}

}  // namespace ompq
