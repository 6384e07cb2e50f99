// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// How far the outputs of each example are from expected ones, summed over
/// outputs:
///
///   scores of classes [n, C]:  KL(p || q) = sum_c p_c (log p_c - log q_c)
///   other real numbers:        1/2 sum (y - y')^2
///   integers:                  elements that differ
///
/// p and q are the softmax of the scores, or the output itself where its rows
/// are distributions. In nats; 0 = equal. An output whose first dimension is no
/// multiple of the examples is shared out evenly.
///
/// @param expected, actual  one tensor for each output of the network
/// @param examples          in one run, > 0
/// @return float64 [examples]; may be infinite or NaN where the outputs are
[[nodiscard]] OMPQ_API at::Tensor example_divergences(
    const Tensors& expected, const Tensors& actual, std::int64_t examples);

/// The same for the examples of all micro-batches, in order.
///
/// @param micro_batches  what the outputs were computed from
[[nodiscard]] OMPQ_API std::vector<double> example_divergences(
    const std::vector<Tensors>& expected,
    const std::vector<Tensors>& actual,
    const std::vector<Tensors>& micro_batches);

/// Their mean.
[[nodiscard]] OMPQ_API double mean_divergence(
    const std::vector<double>& divergences);

/// How far a network's outputs are from those of another one, on fixed inputs.
class OMPQ_API OutputDivergence {
 public:
  /// @param graph          the network that is compared with
  /// @param micro_batches  as Network::run takes them; kept
  OutputDivergence(const Graph& graph, std::vector<Tensors> micro_batches);

  /// example_divergences() of every example, in order.
  [[nodiscard]] std::vector<double> of_each(const Graph& graph) const;

  /// Their mean.
  [[nodiscard]] double of(const Graph& graph) const;

  [[nodiscard]] std::int64_t examples() const { return examples_; }

 private:
  [[nodiscard]] std::vector<Tensors> outputs_of(const Graph& graph) const;

  std::vector<Tensors> micro_batches_;
  std::vector<Tensors> expected_;
  std::int64_t examples_;
};

}  // namespace ompq
