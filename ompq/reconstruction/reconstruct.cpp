// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/reconstruct.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"
#include "ompq/engine/serial_blas.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/units.h"
#include "ompq/reconstruction/calibrate_activations.h"
#include "ompq/reconstruction/effort.h"
#include "ompq/reconstruction/fisher_weights.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/frontier_passes.h"
#include "ompq/reconstruction/joint_unit.h"
#include "ompq/reconstruction/make_units.h"
#include "ompq/reconstruction/prepare_network.h"
#include "ompq/reconstruction/quantize_unit.h"
#include "ompq/reconstruction/reconstruction_checks.h"
#include "ompq/reconstruction/unit_conversion.h"

namespace ompq {
namespace {

/// Examples whose activations decide on the scales.
constexpr std::int64_t kScaleExamples = 256;

/// First step of Adam for the codes when the whole network is optimised: what
/// the units found is only adjusted.
constexpr double kJointCodeRate = 1e-3;

/// Micro-batches with `most` examples, at least one micro-batch.
std::vector<Tensors> first_examples(
    const std::vector<Tensors>& micro_batches, std::int64_t most) {
  std::vector<Tensors> result;
  std::int64_t count = 0;
  for (const Tensors& inputs : micro_batches) {
    if (count >= most) {
      break;
    }
    result.push_back(inputs);
    count += inputs.front().size(0);
  }
  return result;
}

/// Goes through the units of one network.
class NetworkReconstruction {
 public:
  NetworkReconstruction(
      PreparedModel network,
      const BitPlan& plan,
      const ReconstructionOptions& options,
      UnitStore& store,
      Observer& observer)
      : network_(std::move(network)),
        plan_(plan),
        options_(options),
        settings_{.options = options, .effort = effort_settings(options)},
        store_(store),
        observer_(observer) {}

  Reconstruction run(std::vector<Tensors> calibration) {
    calibrate(calibration);
    units_ = find_units(
        network_.graph,
        network_.layers.layers,
        {.single_layers = options_.method == RoundingMethod::Layer});
    if (options_.fisher && settings_.effort.iterations > 0) {
      fisher_ = unit_fisher_weights(
          network_.graph, units_, calibration, options_.seed, observer_);
    }
    start_frontier(std::move(calibration));
    steps_per_unit_ = settings_.effort.iterations + 1;
    observer_.begin_stage(
        "quantize", static_cast<std::int64_t>(units_.size()) * steps_per_unit_);
    const Stopwatch stopwatch;
    Reconstruction result{.graph = network_.graph};
    result.model.activations = input_activations_;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      append(result, run_unit(i));
    }
    observer_.end_stage(stopwatch.seconds());
    if (settings_.effort.joint_iterations > 0) {
      run_joint(result);
    }
    return result;
  }

 private:
  void calibrate(const std::vector<Tensors>& calibration) {
    const Stopwatch stopwatch;
    const std::vector<Tensors> shown =
        first_examples(calibration, kScaleExamples);
    observer_.begin_stage("calibrate", static_cast<std::int64_t>(shown.size()));
    const std::vector<ActivationSite> sites = find_activation_sites(
        network_.graph,
        network_.layers.layers,
        {.network_inputs = options_.quantize_inputs,
         .network_outputs = options_.quantize_outputs});
    activations_ = calibrate_activations(
        network_.graph, sites, plan_, shown, options_, observer_);
    observer_.end_stage(stopwatch.seconds());
  }

  void start_frontier(std::vector<Tensors> calibration) {
    const std::int64_t micro_batch = calibration.front().front().size(0);
    const std::int64_t group = network_.is_batch_polymorphic ? 1 : micro_batch;
    settings_.groups_per_run = micro_batch / group;
    for (const ValueId input : network_.graph.inputs()) {
      for (const CalibratedActivation& each : activations_) {
        if (each.activation.value == network_.graph.value(input).name) {
          input_activations_.push_back(each.activation);
        }
      }
    }
    frontier_.emplace(fill_frontier(
        network_.graph, std::move(calibration), activations_, group, options_));
  }

  UnitResult run_unit(std::size_t index) {
    const Stopwatch stopwatch;
    UnitProblem unit = make_unit(
        network_.graph,
        network_.layers.layers,
        plan_,
        units_,
        index,
        activations_,
        options_);
    unit.channel_weights = weights_of_outputs(unit, fisher_);
    run_float(unit, *frontier_, settings_.groups_per_run);
    std::optional<UnitResult> kept = store_.load(index);
    if (kept.has_value()) {
      restore(unit, *kept);
    } else {
      kept = quantize_unit(
          unit,
          units_[index].name,
          *frontier_,
          settings_,
          static_cast<std::int64_t>(index) * steps_per_unit_,
          observer_);
      kept->report.seconds = stopwatch.seconds();
      store_.save(index, *kept);
    }
    run_quantized(unit, *frontier_, settings_.groups_per_run);
    drop_dead_values(index);
    observer_.advance(static_cast<std::int64_t>(index + 1) * steps_per_unit_);
    return *std::move(kept);
  }

  /// All units together, for what the last ones give.
  void run_joint(Reconstruction& result) {
    const Stopwatch stopwatch;
    observer_.begin_stage("joint", settings_.effort.joint_iterations);
    UnitProblem unit = make_unit(
        network_.graph,
        network_.layers.layers,
        plan_,
        {whole_network(network_.graph, network_.layers.layers)},
        0,
        activations_,
        options_);
    unit.index = units_.size();
    std::optional<UnitResult> kept = store_.load(unit.index);
    if (!kept.has_value()) {
      kept = improve_all(unit, result);
      kept->report.seconds = stopwatch.seconds();
      store_.save(unit.index, *kept);
    }
    observer_.end_stage(stopwatch.seconds());
    result.model = {.activations = input_activations_};
    result.layers.clear();
    append(result, *std::move(kept));
  }

  /// The joint stage of a unit that is the whole network.
  [[nodiscard]] UnitResult improve_all(
      UnitProblem& unit, const Reconstruction& found) {
    restore(
        unit,
        joined_units(
            network_.graph, network_.layers.layers, activations_, found.model));
    std::int64_t done = 0;
    const UnitChange change = improve_unit(
        unit,
        *frontier_,
        settings_,
        {.iterations = settings_.effort.joint_iterations,
         .code_rate = kJointCodeRate,
         .after_step = [&] { observer_.advance(++done); }},
        observer_);
    UnitResult result = to_result(unit);
    result.layer_reports = with_earlier(change.after.layers, found.layers);
    result.report = {
        .name = "all units together",
        .layers = unit.layers.size(),
        .sqnr_before_db = change.before.sqnr_db,
        .sqnr_after_db = change.after.sqnr_db,
        .iterations = settings_.effort.joint_iterations,
        .losses = change.losses};
    return result;
  }

  /// The optimisation of the whole network starts at its ends again.
  [[nodiscard]] bool is_needed_by_joint(ValueId value) const {
    return settings_.effort.joint_iterations > 0 &&
           (!network_.graph.value(value).producer.has_value() ||
            network_.graph.is_output(value));
  }

  /// Values that no later unit reads.
  void drop_dead_values(std::size_t index) {
    const auto is_read_later = [&](ValueId value) {
      return std::any_of(
          units_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
          units_.end(),
          [&](const Unit& unit) {
            return std::find(unit.inputs.begin(), unit.inputs.end(), value) !=
                   unit.inputs.end();
          });
    };
    for (const auto* side : {&units_[index].inputs, &units_[index].outputs}) {
      for (const ValueId value : *side) {
        if (!is_needed_by_joint(value) && !is_read_later(value)) {
          frontier_->drop(network_.graph.value(value).name);
        }
      }
    }
  }

  static void append(Reconstruction& result, UnitResult unit) {
    std::move(
        unit.layers.begin(),
        unit.layers.end(),
        std::back_inserter(result.model.layers));
    std::move(
        unit.activations.begin(),
        unit.activations.end(),
        std::back_inserter(result.model.activations));
    result.units.push_back(std::move(unit.report));
    std::move(
        unit.layer_reports.begin(),
        unit.layer_reports.end(),
        std::back_inserter(result.layers));
  }

  PreparedModel network_;
  const BitPlan& plan_;
  const ReconstructionOptions& options_;
  UnitSettings settings_;
  UnitStore& store_;
  Observer& observer_;
  std::vector<Unit> units_;
  std::vector<CalibratedActivation> activations_;
  std::vector<QuantizedActivation> input_activations_;
  /// By value; empty unless the options want it.
  FisherWeights fisher_;
  std::optional<Frontier> frontier_;
  std::int64_t steps_per_unit_ = 1;
};

}  // namespace

Reconstruction reconstruct(
    const PreparedModel& model,
    const BitPlan& plan,
    std::vector<Tensors> calibration,
    const ReconstructionOptions& options,
    UnitStore& store,
    Observer& observer) {
  check_widths(model.layers.layers, plan, options);
  check_examples(model.graph, calibration);
  const SerialBlas serial_blas;
  return NetworkReconstruction(
             prepare_network(model, calibration, options),
             plan,
             options,
             store,
             observer)
      .run(std::move(calibration));
}

}  // namespace ompq
