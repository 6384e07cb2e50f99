// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ompq/graph/graph.h"

namespace ompq {

/// What is done to every channel, as one number per channel each:
///
///   y = scale x + shift
///
/// Of a BatchNormalization in inference form scale = gamma / sqrt(var +
/// epsilon) and shift = beta - mean scale.
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

/// Reads an Add or Mul of a constant for each channel, or of one number, and
/// values [N, C, ...]; nullopt for anything else.
///
/// @param data  the input that is not the constant
[[nodiscard]] std::optional<ChannelAffine> read_channel_constant(
    const Graph& graph, const Node& node, std::size_t data);

}  // namespace ompq
