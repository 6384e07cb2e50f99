// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/engine/cut_network.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/sensitivity/rounded_network.h"

namespace ompq {

/// How far the outputs of a RoundedNetwork are from those of the float network,
/// for many plans that differ little from one: what stands before the first
/// layer that differs is run once. Fastest in the order of that layer.
class OMPQ_API PlanDivergence {
 public:
  /// @param rounded        must outlive it
  /// @param micro_batches  as Network::run takes them, at least one; kept
  PlanDivergence(
      const RoundedNetwork& rounded, std::vector<Tensors> micro_batches);

  /// example_divergences() of every example, in order.
  ///
  /// @param widths  as RoundedNetwork::at() takes them
  /// @param near    those of the plan that many others are compared with
  [[nodiscard]] std::vector<double> of_each(
      const std::vector<int>& widths, const std::vector<int>& near);

 private:
  void cut_before_first_node();
  /// Makes `near` the plan that others are compared with.
  void move_to(const std::vector<int>& near);
  /// Moves the cut to before the first layer that differs.
  void cut_before_difference(const std::vector<int>& widths);

  const RoundedNetwork& rounded_;
  std::vector<Tensors> micro_batches_;
  std::vector<int> near_;
  std::optional<CutNetwork> cut_;
  /// Of the float network, for each micro-batch.
  std::vector<Tensors> expected_;
  /// Outputs at near_; those before the cut are the same for all.
  std::vector<Tensors> near_outputs_;
};

}  // namespace ompq
