// SPDX-License-Identifier: MIT
#include "ompq/pipeline/plan_judge.h"

#include <span>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/metrics/accuracy.h"
#include "ompq/pipeline/class_scores.h"
#include "ompq/pipeline/load_inputs.h"

namespace ompq {
namespace {

std::vector<std::int64_t> labels_of(const Dataset& dataset) {
  OMPQ_CHECK(
      dataset.has_labels(),
      ErrorCode::InvalidData,
      "[study] the data have no labels; give class folders, a labels.csv, or "
      "--eval-labels FILE.npy");
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    labels.push_back(dataset.label(i).value());
  }
  return labels;
}

/// What is judged is rounded as carefully as quantize() does it.
WeightGrids with_fine_scales(WeightGrids grids) {
  grids.density = ScaleDensity::Fine;
  return grids;
}

/// Images and labels must stay side by side.
InputOptions without_skipping(InputOptions options) {
  options.skip_bad = false;
  return options;
}

}  // namespace

PlanJudge::PlanJudge(
    const PreparedModel& model,
    const std::vector<Tensors>& calibration,
    const ExampleSet& evaluation,
    const std::vector<std::vector<int>>& widths,
    const WeightGrids& grids,
    InputOptions input_options,
    Observer& observer)
    : rounded_(model, calibration, widths, with_fine_scales(grids), observer),
      divergence_(rounded_.at(std::vector<int>(widths.size(), 0)), calibration),
      inputs_(load_inputs(
          model,
          evaluation.dataset,
          evaluation.preprocessing,
          without_skipping(std::move(input_options)),
          observer)),
      labels_(labels_of(*evaluation.dataset)) {
  float_top1_ = top1_of(rounded_.at(std::vector<int>(widths.size(), 0)));
}

double PlanJudge::top1_of(const Graph& graph) const {
  const Network network(graph);
  AccuracyMeter meter;
  std::size_t next = 0;
  for (const Tensors& inputs : inputs_) {
    const std::int64_t count = inputs.front().size(0);
    // A run may overwrite what it gets.
    const at::Tensor output =
        network.run({{inputs.front().clone()}}).front().front();
    const at::Tensor scores = class_scores(output, count);
    const auto classes = static_cast<std::size_t>(scores.size(1));
    for (std::int64_t i = 0; i < count; ++i) {
      meter.add(
          std::span<const float>(
              scores.data_ptr<float>() + static_cast<std::size_t>(i) * classes,
              classes),
          labels_[next++]);
    }
  }
  return meter.top1();
}

PlanJudge::Judgement PlanJudge::judge(const BitPlan& plan) const {
  const Graph graph = rounded_.at(weight_widths(plan));
  return {.top1 = top1_of(graph), .divergence = divergence_.of(graph)};
}

}  // namespace ompq
