// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <optional>
#include <unordered_set>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// An activation that limits values to [low, high]: Relu is [0, inf], Relu6
/// [0, 6].
struct ClampRange {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// The range of a Relu, or of a Clip with constant limits; otherwise absent.
[[nodiscard]] OMPQ_API std::optional<ClampRange> clamp_range(
    const Graph& graph, const Node& node);

/// A convolution with what is computed in the same pass over its output:
/// output = clamp(conv(input) + residual).
struct FusedChain {
  NodeId convolution;
  /// The Add that is merged, and its other operand.
  std::optional<NodeId> add;
  std::optional<ValueId> residual;
  /// The Relu or Clip that is merged, and its range.
  std::optional<NodeId> activation;
  std::optional<ClampRange> range;
  /// The value the chain produces.
  ValueId output;

  /// The last merged node: where in the order the chain must run.
  [[nodiscard]] NodeId last_node() const;
};

/// Finds two-dimensional convolutions with constant weights together with the
/// Add and Relu or Clip that follow them. Every node belongs to at most one
/// chain.
///
/// @param graph  canonical form with shapes
/// @param kept   values that must appear: nothing is merged across them
[[nodiscard]] OMPQ_API std::vector<FusedChain> find_fused_chains(
    const Graph& graph, const std::unordered_set<ValueId>& kept);

}  // namespace ompq
