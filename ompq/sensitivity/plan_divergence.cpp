// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/plan_divergence.h"

#include <utility>

#include <ATen/ATen.h>

#include "ompq/sensitivity/output_divergence.h"

namespace ompq {

PlanDivergence::PlanDivergence(
    const RoundedNetwork& rounded, std::vector<Tensors> micro_batches)
    : rounded_(rounded),
      micro_batches_(std::move(micro_batches)),
      near_(rounded.layers().size(), 0),
      cut_(std::in_place, rounded.at(near_), micro_batches_),
      expected_(cut_->run_rest(rounded.at(near_))),
      near_outputs_(expected_) {}

void PlanDivergence::cut_before_first_node() {
  cut_.emplace(rounded_.at(near_), micro_batches_);
}

void PlanDivergence::move_to(const std::vector<int>& near) {
  near_ = near;
  cut_before_first_node();
  // With one output there is nothing that a cut leaves behind.
  if (near_outputs_.front().size() > 1) {
    near_outputs_ = cut_->run_rest(rounded_.at(near_));
  }
}

void PlanDivergence::cut_before_difference(const std::vector<int>& widths) {
  std::optional<NodeId> first;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const NodeId layer = rounded_.layers()[i];
    if (widths[i] != near_[i] && (!first || layer < *first)) {
      first = layer;
    }
  }
  if (!first) {
    return;
  }
  if (*first < cut_->position()) {
    cut_before_first_node();
  }
  cut_->advance_to(*first);
}

std::vector<double> PlanDivergence::of_each(
    const std::vector<int>& widths, const std::vector<int>& near) {
  if (near != near_) {
    move_to(near);
  }
  cut_before_difference(widths);
  const std::vector<std::size_t> behind = cut_->outputs_behind();
  const std::vector<Tensors> rest = cut_->run_rest(rounded_.at(widths));
  std::vector<Tensors> outputs = near_outputs_;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    for (std::size_t k = 0; k < behind.size(); ++k) {
      outputs[i][behind[k]] = rest[i][k];
    }
  }
  return example_divergences(expected_, outputs, micro_batches_);
}

}  // namespace ompq
