// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// How far a network's outputs are from those of another one, on fixed inputs.
class OMPQ_API OutputDivergence {
 public:
  /// @param graph          the network that is compared with
  /// @param micro_batches  as Network::run takes them; kept
  OutputDivergence(const Graph& graph, std::vector<Tensors> micro_batches);

  /// Mean over examples of the sum over outputs of
  ///
  ///   scores of classes [n, C]:  KL(p || q) = sum_c p_c (log p_c - log q_c)
  ///   other real numbers:        1/2 sum (y - y')^2
  ///   integers:                  elements that differ
  ///
  /// p and q are the softmax of the scores, or the output itself where its rows
  /// are distributions. In nats; 0 = equal.
  ///
  /// @return may be infinite or NaN where the outputs are
  [[nodiscard]] double of(const Graph& graph) const;

  [[nodiscard]] std::int64_t examples() const { return examples_; }

 private:
  /// Outputs of a network, in float64 where they are floating-point numbers.
  [[nodiscard]] std::vector<Tensors> outputs_of(const Graph& graph) const;

  std::vector<Tensors> micro_batches_;
  std::vector<Tensors> expected_;
  std::int64_t examples_;
};

}  // namespace ompq
