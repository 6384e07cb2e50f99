// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// A DequantizeLinear of constants.
struct WeightSource {
  Constant codes;
  Constant scale;
  /// Absent: 0.
  std::optional<Constant> zero_point;
  std::int64_t axis = 1;
  std::int64_t block_size = 0;
};

/// The constants of a DequantizeLinear; absent if one of them is computed.
[[nodiscard]] std::optional<WeightSource> weight_source(
    const Graph& graph, const Node& node);

/// The source behind a Reshape that takes a last dimension of 1 away; absent if
/// the node is anything else.
[[nodiscard]] std::optional<WeightSource> reshaped_source(
    const WeightSource& source, const Graph& graph, const Node& node);

/// The integers of a layer's weight on the smallest unsigned grid, see
/// take_quantizers_out().
///
/// @param node   the layer's node
/// @param layer  its row in the layer table
/// @return absent if the scales do not belong to output channels, or the grid
///         would need more than 16 bits: the layer is then a float one
/// @throws Error{InvalidModel}  scales or zero points that do not fit the codes
[[nodiscard]] std::optional<QuantizedWeight> integers_of(
    const WeightSource& source, const Node& node, const Layer& layer);

}  // namespace ompq::detail
