// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Dimensions of a layer's weight.
struct ChannelAxes {
  /// The output channel. A ConvTranspose in groups has its output channels
  /// counted within a group.
  std::int64_t output = 0;
  std::int64_t input = 1;
};

/// @param node  the layer's node
[[nodiscard]] OMPQ_API ChannelAxes
channel_axes(const Layer& layer, const Node& node);

}  // namespace ompq
