// SPDX-License-Identifier: MIT
#include "ompq/pipeline/plan_judge.h"

#include <optional>
#include <span>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/engine/network.h"
#include "ompq/metrics/accuracy.h"
#include "ompq/pipeline/class_scores.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/quantization/qdq_graph.h"
#include "ompq/reconstruction/reconstruct.h"

namespace ompq {
namespace {

/// The labelled images, without those that are damaged if the options say so.
LoadedExamples load_labelled(
    const PreparedModel& model,
    const ExampleSet& evaluation,
    InputOptions options,
    Observer& observer) {
  OMPQ_CHECK(
      evaluation.dataset->has_labels(),
      ErrorCode::InvalidData,
      "[study] the data have no labels; give class folders, a labels.csv, or "
      "--eval-labels FILE.npy");
  return load_examples(
      model,
      evaluation.dataset,
      evaluation.preprocessing,
      std::move(options),
      observer);
}

/// Nothing is kept: a study is one run.
/// What is judged is rounded as carefully as quantize() does it.
WeightGrids with_fine_scales(WeightGrids grids) {
  grids.density = ScaleDensity::Fine;
  return grids;
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
    : model_(model),
      calibration_(calibration),
      grids_(grids),
      rounded_(model, calibration, widths, with_fine_scales(grids), observer),
      divergence_(rounded_.at(std::vector<int>(widths.size(), 0)), calibration),
      examples_(load_labelled(
          model, evaluation, std::move(input_options), observer)) {
  float_outputs_ = outputs_of(rounded_.at(std::vector<int>(widths.size(), 0)));
}

std::vector<Tensors> PlanJudge::outputs_of(const Graph& graph) const {
  const Network network(graph);
  std::vector<Tensors> outputs;
  for (const Tensors& inputs : examples_.micro_batches) {
    // A run may overwrite what it gets.
    outputs.push_back(
        {network.run({{inputs.front().clone()}}).front().front()});
  }
  return outputs;
}

double PlanJudge::top1_of(const std::vector<Tensors>& outputs) const {
  AccuracyMeter meter;
  std::size_t next = 0;
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const std::int64_t count = examples_.micro_batches[k].front().size(0);
    const at::Tensor scores = class_scores(outputs[k].front(), count);
    const auto classes = static_cast<std::size_t>(scores.size(1));
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t label = examples_.labels[next++];
      OMPQ_CHECK(
          label >= 0 && label < scores.size(1),
          ErrorCode::InvalidData,
          "[study] label {} is outside the network's classes 0 to {}",
          label,
          scores.size(1) - 1);
      meter.add(
          std::span<const float>(
              scores.data_ptr<float>() + static_cast<std::size_t>(i) * classes,
              classes),
          label);
    }
  }
  return meter.top1();
}

double PlanJudge::reconstructed_top1(
    const BitPlan& plan, std::uint64_t seed, Observer& observer) const {
  NoUnitStore store;
  const Reconstruction result = reconstruct(
      model_,
      plan,
      copy_micro_batches(calibration_),
      {.effort = Effort::Fast,
       .symmetric_weights = grids_.is_symmetric,
       .per_channel = grids_.per_channel,
       .group_size = grids_.group_size,
       .weight_scale = grids_.rule,
       .seed = seed},
      store,
      observer);
  return top1_of(outputs_of(to_qdq_graph(result.graph, result.model)));
}

PlanJudge::Judgement PlanJudge::judge(const BitPlan& plan) const {
  const Graph graph = rounded_.at(weight_widths(plan));
  const std::vector<Tensors> outputs = outputs_of(graph);
  return {
      .top1 = top1_of(outputs),
      .divergence = mean_divergence(example_divergences(
          float_outputs_, outputs, examples_.micro_batches)),
      .calibration_divergence = divergence_.of(graph)};
}

}  // namespace ompq
