// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/reconstruct.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/engine/serial_blas.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/units.h"
#include "ompq/reconstruction/calibrate_activations.h"
#include "ompq/reconstruction/effort.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/make_units.h"
#include "ompq/reconstruction/one_shot.h"
#include "ompq/reconstruction/prepare_network.h"
#include "ompq/reconstruction/unit_conversion.h"
#include "ompq/reconstruction/unit_measurement.h"
#include "ompq/reconstruction/unit_optimizer.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

/// Examples whose activations decide on the scales.
constexpr std::int64_t kScaleExamples = 256;

/// First step of Adam for the codes when the whole network is optimised: what
/// the units found is only adjusted.
constexpr double kJointCodeRate = 1e-3;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void check_plan(
    const LayerTable& layers,
    const BitPlan& plan,
    const ReconstructionOptions& options) {
  OMPQ_CHECK(
      plan.layers.size() == layers.size(),
      ErrorCode::InvalidPlan,
      "[quantize] the plan has {} layers, the network {}",
      plan.layers.size(),
      layers.size());
  const auto check = [&](const char* what,
                         int bits,
                         bool is_symmetric,
                         const std::string& layer) {
    const int least = is_symmetric ? 2 : 1;
    OMPQ_CHECK(
        bits >= least && bits <= kMaxPlanBits,
        ErrorCode::InvalidPlan,
        "[quantize] layer '{}': {} cannot have {} bits; {} to {} are "
        "possible{}",
        layer,
        what,
        bits,
        least,
        kMaxPlanBits,
        is_symmetric ? " with a symmetric grid" : "");
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerBits& bits = plan.layers[i];
    check(
        "weights", bits.weight_bits, options.symmetric_weights, layers[i].name);
    if (bits.activation_bits.has_value()) {
      check(
          "activations",
          *bits.activation_bits,
          options.symmetric_activations,
          layers[i].name);
    }
  }
}

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
        effort_(effort_settings(options)),
        store_(store),
        observer_(observer) {}

  Reconstruction run(std::vector<Tensors> calibration) {
    calibrate(calibration);
    fill_frontier(std::move(calibration));
    const LayerTable& layers = network_.layers.layers;
    units_ = find_units(
        network_.graph,
        layers,
        {.single_layers = options_.method == RoundingMethod::Layer});
    steps_per_unit_ = effort_.iterations + 1;
    observer_.begin_stage(
        "quantize", static_cast<std::int64_t>(units_.size()) * steps_per_unit_);
    const auto start = Clock::now();
    Reconstruction result{.graph = network_.graph};
    result.model.activations = input_activations_;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      append(result, run_unit(i));
    }
    observer_.end_stage(seconds_since(start));
    if (effort_.joint_iterations > 0) {
      run_joint(result);
    }
    return result;
  }

 private:
  void calibrate(const std::vector<Tensors>& calibration) {
    const auto start = Clock::now();
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
    observer_.end_stage(seconds_since(start));
  }

  /// Graph inputs for all examples; where they are quantized, their quantized
  /// form as well.
  void fill_frontier(std::vector<Tensors> calibration) {
    micro_batch_ = calibration.front().front().size(0);
    const std::int64_t group = network_.is_batch_polymorphic ? 1 : micro_batch_;
    std::int64_t examples = 0;
    for (const Tensors& inputs : calibration) {
      examples += inputs.front().size(0) / group * group;
    }
    groups_per_run_ = micro_batch_ / group;
    const std::filesystem::path folder =
        options_.spill_folder.value_or(std::filesystem::temp_directory_path());
    frontier_.emplace(examples / group, TensorStore(options_.memory, folder));
    for (std::size_t i = 0; i < network_.graph.inputs().size(); ++i) {
      const Value& input = network_.graph.value(network_.graph.inputs()[i]);
      std::int64_t first = 0;
      const std::optional<ActivationStep> step = input_step(input.name);
      for (Tensors& inputs : calibration) {
        const std::int64_t count = inputs[i].size(0) / group;
        if (count == 0) {
          continue;
        }
        const at::Tensor part = inputs[i].narrow(0, 0, count * group);
        frontier_->store(input.name, Frontier::Side::Float, first, count, part);
        if (step.has_value()) {
          const at::NoGradGuard no_gradients;
          frontier_->store(
              input.name,
              Frontier::Side::Quantized,
              first,
              count,
              quantize_activation(part, *step));
        }
        first += count;
        inputs[i] = at::Tensor();
      }
      if (!step.has_value()) {
        frontier_->share(input.name);
      }
    }
  }

  [[nodiscard]] std::optional<ActivationStep> input_step(
      const std::string& value) {
    for (const CalibratedActivation& each : activations_) {
      if (each.activation.value == value) {
        input_activations_.push_back(each.activation);
        return ActivationStep{
            .grid = each.activation.grid,
            .zero_point = each.activation.parameters.zero_point,
            .scale = at::full({1}, each.activation.parameters.scale)};
      }
    }
    return std::nullopt;
  }

  UnitResult run_unit(std::size_t index) {
    const auto start = Clock::now();
    UnitProblem unit = make_unit(
        network_.graph,
        network_.layers.layers,
        plan_,
        units_,
        index,
        activations_,
        options_);
    run_float(unit);
    std::optional<UnitResult> kept = store_.load(index);
    if (kept.has_value()) {
      restore(unit, *kept);
    } else {
      kept = quantize_unit(unit);
      kept->report.seconds = seconds_since(start);
      store_.save(index, *kept);
    }
    run_quantized(unit);
    drop_dead_values(index);
    observer_.advance(static_cast<std::int64_t>(index + 1) * steps_per_unit_);
    return *std::move(kept);
  }

  /// Optimises the unit, unless that makes it worse on the examples held out;
  /// returns how it then does.
  UnitMeasurement improve(UnitProblem& unit, const OptimizerInput& input) {
    const UnitMeasurement before =
        measure_unit(unit, *frontier_, groups_per_run_);
    if (input.iterations == 0 || unit.layers.empty()) {
      return before;
    }
    const UnitResult start = to_result(unit);
    optimize_unit(unit, *frontier_, options_, input, observer_);
    UnitMeasurement after = measure_unit(unit, *frontier_, groups_per_run_);
    if (after.sqnr_db > before.sqnr_db) {
      return after;
    }
    restore(unit, start);
    return before;
  }

  /// All units together, for what the last ones give.
  void run_joint(Reconstruction& result) {
    const auto start = Clock::now();
    observer_.begin_stage("joint", effort_.joint_iterations);
    UnitProblem unit = make_unit(
        network_.graph,
        network_.layers.layers,
        plan_,
        {whole_network()},
        0,
        activations_,
        options_);
    unit.index = units_.size();
    std::optional<UnitResult> kept = store_.load(unit.index);
    if (!kept.has_value()) {
      restore(unit, joined(result));
      std::int64_t done = 0;
      const UnitMeasurement after = improve(
          unit,
          {.iterations = effort_.joint_iterations,
           .code_rate = kJointCodeRate,
           .after_step = [&] { observer_.advance(++done); }});
      kept = to_result(unit);
      kept->layer_reports = after.layers;
      kept->report = {
          .name = "all units together",
          .layers = unit.layers.size(),
          .sqnr_before_db = result.units.back().sqnr_after_db,
          .sqnr_after_db = after.sqnr_db,
          .iterations = effort_.joint_iterations,
          .seconds = seconds_since(start)};
      store_.save(unit.index, *kept);
    }
    observer_.end_stage(seconds_since(start));
    result.model = {.activations = input_activations_};
    result.layers.clear();
    append(result, *std::move(kept));
  }

  [[nodiscard]] Unit whole_network() const {
    Unit whole{.name = "network"};
    for (const Node& node : network_.graph.nodes()) {
      whole.nodes.push_back(node.id);
    }
    whole.inputs.assign(
        network_.graph.inputs().begin(), network_.graph.inputs().end());
    whole.outputs.assign(
        network_.graph.outputs().begin(), network_.graph.outputs().end());
    for (std::size_t i = 0; i < network_.layers.layers.size(); ++i) {
      whole.layers.emplace_back(i);
    }
    return whole;
  }

  /// What the units found, in the order of the whole network.
  [[nodiscard]] UnitResult joined(const Reconstruction& result) const {
    UnitResult all;
    for (const Layer& layer : network_.layers.layers) {
      all.layers.push_back(*std::find_if(
          result.model.layers.begin(),
          result.model.layers.end(),
          [&](const QuantizedLayer& each) { return each.name == layer.name; }));
    }
    const std::size_t inputs = input_activations_.size();
    const auto& found = result.model.activations;
    for (const CalibratedActivation& each : activations_) {
      const auto same = std::find_if(
          found.begin(), found.end(), [&](const QuantizedActivation& one) {
            return one.value == each.activation.value;
          });
      // The network's inputs come first; no unit computes them.
      if (static_cast<std::size_t>(same - found.begin()) >= inputs) {
        all.activations.push_back(*same);
      }
    }
    return all;
  }

  UnitResult quantize_unit(UnitProblem& unit) {
    const UnitMeasurement before =
        measure_unit(unit, *frontier_, groups_per_run_);
    round_one_shot(unit, *frontier_, options_, effort_, groups_per_run_);
    std::int64_t done = static_cast<std::int64_t>(unit.index) * steps_per_unit_;
    const UnitMeasurement after =
        improve(unit, {.iterations = effort_.iterations, .after_step = [&] {
                         observer_.advance(++done);
                       }});
    UnitResult result = to_result(unit);
    result.report = {
        .name = units_[unit.index].name,
        .layers = unit.layers.size(),
        .sqnr_before_db = before.sqnr_db,
        .sqnr_after_db = after.sqnr_db,
        .iterations = unit.layers.empty() ? 0 : effort_.iterations};
    result.layer_reports = after.layers;
    return result;
  }

  template <typename Run>
  void run_all(const UnitProblem& unit, Frontier::Side side, const Run& run) {
    for (std::int64_t first = 0; first < frontier_->groups();
         first += groups_per_run_) {
      const std::int64_t count =
          std::min(groups_per_run_, frontier_->groups() - first);
      Tensors inputs;
      for (const std::string& value : unit.inputs) {
        inputs.push_back(frontier_->range(value, side, first, count));
      }
      const Tensors outputs = run(std::move(inputs));
      for (std::size_t i = 0; i < unit.outputs.size(); ++i) {
        frontier_->store(unit.outputs[i], side, first, count, outputs[i]);
      }
    }
  }

  void run_float(const UnitProblem& unit) {
    const Network network(unit.network.graph());
    run_all(unit, Frontier::Side::Float, [&](Tensors inputs) {
      return network.run({std::move(inputs)}).front();
    });
  }

  void run_quantized(const UnitProblem& unit) {
    const at::NoGradGuard no_gradients;
    const UnitTensors tensors = current_tensors(unit);
    run_all(unit, Frontier::Side::Quantized, [&](const Tensors& inputs) {
      return unit.network.run(inputs, tensors);
    });
  }

  /// The optimisation of the whole network starts at its ends again.
  [[nodiscard]] bool is_needed_by_joint(ValueId value) const {
    return effort_.joint_iterations > 0 &&
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
  EffortSettings effort_;
  UnitStore& store_;
  Observer& observer_;
  std::vector<Unit> units_;
  std::vector<CalibratedActivation> activations_;
  std::vector<QuantizedActivation> input_activations_;
  std::optional<Frontier> frontier_;
  std::int64_t micro_batch_ = 1;
  std::int64_t groups_per_run_ = 1;
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
  check_plan(model.layers.layers, plan, options);
  OMPQ_CHECK(
      !calibration.empty(),
      ErrorCode::InvalidData,
      "[quantize] there are no calibration examples");
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
