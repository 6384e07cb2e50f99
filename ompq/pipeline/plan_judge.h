// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/example_set.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/sensitivity/output_divergence.h"
#include "ompq/sensitivity/rounded_network.h"

namespace ompq {

/// What a plan is worth: accuracy and divergence on labelled images, and
/// divergence on calibration images, of the network with weights rounded to the
/// nearest, biases corrected, activations in float.
class PlanJudge {
 public:
  struct Judgement {
    /// Share of images whose label has the highest score, in [0, 1].
    double top1 = 0.0;
    /// Of the first output from the float network's on the labelled images, in
    /// nats.
    double divergence = 0.0;
    /// Of all outputs on the calibration images.
    double calibration_divergence = 0.0;
  };

  /// Decodes the labelled images and keeps them.
  ///
  /// @param model        must outlive the judge, like `calibration`
  /// @param calibration  micro-batches as Network::run takes them; kept
  /// @throws Error{InvalidData, Unsupported}  as evaluate()
  PlanJudge(
      const PreparedModel& model,
      const std::vector<Tensors>& calibration,
      const ExampleSet& evaluation,
      const std::vector<std::vector<int>>& widths,
      const WeightGrids& grids,
      InputOptions input_options,
      Observer& observer);

  /// @throws Error{InvalidArgument}  a width that is not among those given
  [[nodiscard]] Judgement judge(const BitPlan& plan) const;

  /// Accuracy after a reconstruction on the calibration images, with effort
  /// Fast; activations as the plan says.
  ///
  /// @throws as reconstruct()
  [[nodiscard]] double reconstructed_top1(
      const BitPlan& plan, std::uint64_t seed, Observer& observer) const;

  [[nodiscard]] double float_top1() const { return top1_of(float_outputs_); }
  [[nodiscard]] std::int64_t calibration_images() const {
    return divergence_.examples();
  }
  [[nodiscard]] std::int64_t images() const {
    return std::ssize(examples_.labels);
  }

 private:
  /// The first output for each micro-batch of the labelled images.
  [[nodiscard]] std::vector<Tensors> outputs_of(const Graph& graph) const;
  /// Share of correct answers of such outputs.
  [[nodiscard]] double top1_of(const std::vector<Tensors>& outputs) const;

  const PreparedModel& model_;
  const std::vector<Tensors>& calibration_;
  WeightGrids grids_;
  RoundedNetwork rounded_;
  OutputDivergence divergence_;
  LoadedExamples examples_;
  std::vector<Tensors> float_outputs_;
};

}  // namespace ompq
