// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "ompq/graph/graph.h"

namespace ompq {

/// A BatchNormalization in inference form, as one number per channel each:
///
///   y = scale x + shift,  scale = gamma / sqrt(var + epsilon),
///                         shift = beta - mean scale
struct ChannelAffine {
  std::vector<double> scale;
  std::vector<double> shift;
};

/// Reads a BatchNormalization; nullopt if its parameters are not constant
/// float32 numbers or it is in training mode.
///
/// @throws Error{ShapeMismatch}  the parameters differ in length
[[nodiscard]] std::optional<ChannelAffine> read_batch_norm(
    const Graph& graph, const Node& node);

}  // namespace ompq
