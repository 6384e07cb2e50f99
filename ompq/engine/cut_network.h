// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// A network that is run up to one of its nodes, and from there on as often as
/// wanted with other constants: what stands before the node is computed once.
///
/// Holds the values that pass the cut, for all micro-batches.
class OMPQ_API CutNetwork {
 public:
  /// @param graph          canonical form with shapes
  /// @param micro_batches  as Network::run takes them; kept
  CutNetwork(Graph graph, const std::vector<Tensors>& micro_batches);

  /// Moves the cut to before a node; never back.
  ///
  /// @throws Error{InvalidArgument}  the cut is behind the node
  void advance_to(NodeId node);

  /// The node behind the cut.
  [[nodiscard]] NodeId position() const {
    return NodeId(static_cast<std::int64_t>(position_));
  }

  /// Positions of the graph's outputs that are computed behind the cut,
  /// ascending. The others do not depend on anything there.
  [[nodiscard]] std::vector<std::size_t> outputs_behind() const;

  /// Runs what is behind the cut.
  ///
  /// @param changed  the graph, with other constants behind the cut
  /// @return for each micro-batch: the outputs of outputs_behind()
  /// @throws Error{Unsupported, ShapeMismatch, InvalidData}  as Network
  [[nodiscard]] std::vector<Tensors> run_rest(const Graph& changed) const;

 private:
  /// Runs nodes [first, last) of a graph like the own one.
  [[nodiscard]] std::vector<Tensors> run_nodes(
      const Graph& graph,
      std::size_t first,
      std::size_t last,
      const std::vector<ValueId>& outputs) const;

  Graph graph_;
  /// Nodes before the cut.
  std::size_t position_ = 0;
  /// By name, for each micro-batch: what nodes behind the cut read.
  std::vector<std::map<std::string, at::Tensor>> live_;
};

}  // namespace ompq
