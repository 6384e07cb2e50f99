// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/plan_divergence.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/sensitivity/output_divergence.h"

namespace ompq {

PlanDivergence::PlanDivergence(
    const RoundedNetwork& rounded, std::vector<Tensors> micro_batches)
    : rounded_(rounded), micro_batches_(std::move(micro_batches)) {
  begin(std::vector<int>(rounded_.layers().size(), 0));
  expected_ = cut_->run_rest(rounded_.at(near_));
  near_outputs_ = expected_;
}

void PlanDivergence::begin(const std::vector<int>& near) {
  const Graph graph = rounded_.at(near);
  near_ = near;
  cut_.emplace(graph, micro_batches_);
  if (graph.outputs().size() > 1) {
    near_outputs_ = cut_->run_rest(graph);
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
    begin(std::vector<int>(near_));
  }
  cut_->advance_to(*first);
}

std::vector<double> PlanDivergence::of_each(
    const std::vector<int>& widths, const std::vector<int>& near) {
  if (near != near_) {
    begin(near);
  }
  cut_before_difference(widths);
  const std::vector<std::size_t> behind = cut_->outputs_behind();
  const std::vector<Tensors> rest = cut_->run_rest(rounded_.at(widths));
  std::vector<double> all;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    Tensors outputs = near_outputs_[i];
    for (std::size_t k = 0; k < behind.size(); ++k) {
      outputs[behind[k]] = rest[i][k];
    }
    const at::Tensor each = example_divergences(
        expected_[i], outputs, micro_batches_[i].front().size(0));
    all.insert(
        all.end(),
        each.data_ptr<double>(),
        each.data_ptr<double>() + each.numel());
  }
  return all;
}

double PlanDivergence::of(
    const std::vector<int>& widths, const std::vector<int>& near) {
  const std::vector<double> each = of_each(widths, near);
  return std::accumulate(each.begin(), each.end(), 0.0) /
         static_cast<double>(each.size());
}

}  // namespace ompq
