// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_optimizer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/reconstruction/adam.h"
#include "ompq/reconstruction/learned_weight.h"
#include "ompq/reconstruction/output_loss.h"
#include "ompq/reconstruction/unit_measurement.h"

namespace ompq {
namespace {

/// Largest steps of Adam: codes in integers, scales as logarithms, biases in
/// standard deviations of the unit's output.
constexpr double kAdaptiveRate = 2e-2;
constexpr double kScaleRate = 1e-3;
constexpr double kBiasRate = 1e-3;

/// A step takes at least as many examples, however large they are.
constexpr std::int64_t kFewestExamples = 4;

/// Share of the steps before choices are made hard, and exponents of the term
/// that does it at the beginning and at the end.
constexpr double kWarmUp = 0.2;
constexpr double kSoftExponent = 20.0;
constexpr double kHardExponent = 2.0;
constexpr double kRegularization = 0.01;

std::int64_t positions_of(const at::Tensor& output, std::int64_t groups) {
  const std::int64_t per_group = output.size(0) / groups;
  return output.dim() == 4 ? per_group * output.size(2) * output.size(3)
                           : per_group;
}

/// A bias or the scale of an activation while it is learned.
struct Learned {
  at::Tensor tensor;
  AdamMoments moments;
};

/// One unit's optimisation: variables, targets, random numbers.
class UnitOptimization {
 public:
  UnitOptimization(
      UnitProblem& unit,
      const Frontier& frontier,
      const ReconstructionOptions& options,
      const OptimizerInput& input)
      : unit_(unit),
        frontier_(frontier),
        options_(options),
        input_(input),
        random_(options.seed * 1000003U + unit.index) {
    measure_targets();
    make_variables();
  }

  void run(Observer& observer) {
    for (int i = 0; i < input_.iterations; ++i) {
      OMPQ_CHECK(
          !observer.interrupted(),
          ErrorCode::Interrupted,
          "[quantize] interrupted; finished units are kept, the same command "
          "goes on");
      take_step(i);
      if (input_.after_step) {
        input_.after_step();
      }
    }
    keep_result();
  }

 private:
  void measure_targets() {
    double variance = 0.0;
    for (const std::string& value : unit_.outputs) {
      const at::Tensor output = frontier_.range(
          value,
          Frontier::Side::Float,
          0,
          std::min<std::int64_t>(frontier_.groups(), 256));
      variance += output.var(false).item<double>();
    }
    variance_ =
        std::max(variance / static_cast<double>(unit_.outputs.size()), 1e-20);
    const at::Tensor first =
        frontier_.range(unit_.outputs.front(), Frontier::Side::Float, 0, 1);
    const std::int64_t positions = positions_of(first, 1);
    channels_ = first.dim() > 1 ? first.size(1) : 1;
    batch_ = std::min<std::int64_t>(
        std::max(input_.plenty_positions / positions, kFewestExamples),
        options_.batch_size);
    seen_groups_ = std::max<std::int64_t>(
        1, frontier_.groups() - held_out_groups(frontier_));
  }

  void make_variables() {
    const RoundingKind kind = options_.method == RoundingMethod::Layer
                                  ? RoundingKind::Adaptive
                                  : RoundingKind::StraightThrough;
    for (const UnitLayer& layer : unit_.layers) {
      weights_.emplace_back(layer.rounded, layer.grid, kind);
      biases_.push_back({.tensor = layer.bias, .moments = {}});
    }
    for (const UnitActivation& activation : unit_.activations) {
      if (activation.is_learned) {
        scales_.try_emplace(
            activation.site,
            Learned{.tensor = activation.step.scale, .moments = {}});
      }
    }
  }

  [[nodiscard]] std::vector<std::int64_t> draw_groups() {
    std::vector<std::int64_t> groups(static_cast<std::size_t>(batch_));
    for (std::int64_t& group : groups) {
      group = static_cast<std::int64_t>(
          random_() % static_cast<std::uint64_t>(seen_groups_));
    }
    return groups;
  }

  /// Weights and biases as leaves of autograd.
  [[nodiscard]] UnitTensors make_leaves() {
    UnitTensors tensors;
    for (std::size_t i = 0; i < unit_.layers.size(); ++i) {
      LayerTensors& layer = tensors.layers.emplace_back();
      layer.weight = from_rows(weights_[i].values(), unit_.layers[i].layout)
                         .detach()
                         .requires_grad_(true);
      if (biases_[i].tensor.defined()) {
        layer.bias = biases_[i].tensor.detach().requires_grad_(true);
      }
    }
    for (const UnitActivation& activation : unit_.activations) {
      ActivationStep step = activation.step;
      const auto learned = scales_.find(activation.site);
      if (activation.is_learned && learned != scales_.end()) {
        step.scale = learned->second.tensor;
      }
      tensors.activations.push_back(std::move(step));
    }
    return tensors;
  }

  void take_step(int iteration) {
    const std::vector<std::int64_t> groups = draw_groups();
    const std::uint64_t noise = random_();
    Tensors inputs;
    for (std::size_t i = 0; i < unit_.inputs.size(); ++i) {
      inputs.push_back(frontier_.mixed(
          unit_.inputs[i], groups, options_.drop_probability, noise + i));
    }
    for (auto& [site, scale] : scales_) {
      scale.tensor.requires_grad_(true);
    }
    UnitTensors leaves = make_leaves();
    const Tensors outputs = unit_.network.run(
        inputs,
        leaves,
        {.probability = options_.drop_probability,
         .seed = static_cast<std::uint32_t>(noise >> 32U)});
    Tensors targets;
    for (const std::string& value : unit_.outputs) {
      targets.push_back(frontier_.mixed(value, groups, 1.0, 0));
    }
    const double loss =
        backpropagate(outputs, targets, unit_.channel_weights, 1.0 / variance_);
    const at::NoGradGuard no_gradients;
    if (input_.after_gradients) {
      input_.after_gradients(
          {.groups = groups, .loss = loss, .tensors = leaves});
    }
    step_variables(leaves, iteration);
  }

  [[nodiscard]] StepSettings settings_at(int iteration) const {
    const double progress = static_cast<double>(iteration) / input_.iterations;
    const double fall = 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    const bool is_adaptive = options_.method == RoundingMethod::Layer;
    StepSettings settings{
        .code_rate = is_adaptive ? kAdaptiveRate : input_.code_rate * fall,
        .scale_rate = kScaleRate * fall,
        .step = iteration + 1};
    if (is_adaptive && progress > kWarmUp) {
      const double hardening = (progress - kWarmUp) / (1.0 - kWarmUp);
      settings.exponent =
          kHardExponent + 0.5 * (kSoftExponent - kHardExponent) *
                              (1.0 + std::cos(std::numbers::pi * hardening));
      settings.regularization =
          kRegularization / (variance_ * static_cast<double>(channels_));
    }
    return settings;
  }

  void step_variables(UnitTensors& leaves, int iteration) {
    const StepSettings settings = settings_at(iteration);
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      const LayerTensors& leaf = leaves.layers[i];
      if (leaf.weight.grad().defined()) {
        weights_[i].step(
            to_rows(leaf.weight.grad(), unit_.layers[i].layout), settings);
      }
      if (leaf.bias.defined() && leaf.bias.grad().defined() &&
          options_.correct_bias) {
        const double rate =
            kBiasRate * settings.scale_rate / kScaleRate * std::sqrt(variance_);
        biases_[i].tensor =
            biases_[i].tensor -
            biases_[i].moments.direction(leaf.bias.grad(), settings.step) *
                rate;
      }
    }
    for (auto& [site, scale] : scales_) {
      scale.tensor.requires_grad_(false);
      const at::Tensor gradient = scale.tensor.grad();
      if (gradient.defined()) {
        const at::Tensor direction =
            scale.moments.direction(gradient * scale.tensor, settings.step);
        scale.tensor = scale.tensor * at::exp(direction * -settings.scale_rate);
      }
    }
  }

  void keep_result() {
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      unit_.layers[i].rounded = weights_[i].rounded();
      unit_.layers[i].bias = biases_[i].tensor;
    }
    for (UnitActivation& activation : unit_.activations) {
      const auto learned = scales_.find(activation.site);
      if (activation.is_learned && learned != scales_.end()) {
        activation.step.scale = learned->second.tensor.detach();
      }
    }
  }

  UnitProblem& unit_;
  const Frontier& frontier_;
  const ReconstructionOptions& options_;
  const OptimizerInput& input_;
  std::mt19937_64 random_;
  /// Mean variance of the float outputs: the unit of the loss.
  double variance_ = 1.0;
  std::int64_t channels_ = 1;
  std::int64_t batch_ = 1;
  /// Groups that steps draw from: all but those held out.
  std::int64_t seen_groups_ = 1;
  std::vector<LearnedWeight> weights_;
  std::vector<Learned> biases_;
  /// By site, so that values of one site keep one scale.
  std::map<std::size_t, Learned> scales_;
};

}  // namespace

void optimize_unit(
    UnitProblem& unit,
    const Frontier& frontier,
    const ReconstructionOptions& options,
    const OptimizerInput& input,
    Observer& observer) {
  if (input.iterations == 0 || unit.layers.empty()) {
    return;
  }
  UnitOptimization(unit, frontier, options, input).run(observer);
}

}  // namespace ompq
