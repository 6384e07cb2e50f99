// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "ompq/graph/graph.h"

namespace ompq {

/// Where the channels of a layer lie in a value: channel c at positions
/// first + c count ... first + (c + 1) count - 1 of axis 1.
struct ChannelSpan {
  std::int64_t first = 0;
  std::int64_t count = 1;
};

/// Where the channels lie behind a node that reads them.
///
/// @param graph  with shapes
/// @param from   the value the node reads them from
/// @return nullopt if the node mixes channels, is not positively homogeneous,
///         or is not known
[[nodiscard]] std::optional<ChannelSpan> step_over(
    const Graph& graph, const Node& node, ValueId from, ChannelSpan span);

/// True for element-wise activations that are positively homogeneous: Relu,
/// LeakyRelu, PRelu, Identity.
[[nodiscard]] bool is_homogeneous_activation(const Node& node);

/// Upper limit of a Clip from 0 to a constant above 0; nullopt for any other
/// node.
[[nodiscard]] std::optional<float> clip_limit(
    const Graph& graph, const Node& node);

}  // namespace ompq
