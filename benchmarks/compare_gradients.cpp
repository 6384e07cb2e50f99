// SPDX-License-Identifier: MIT
#include "compare_gradients.h"

#include <cmath>
#include <string>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/reconstruction/unit_optimizer.h"

#include "plain_unit.h"

namespace ompq {
namespace {

/// Largest relative differences that a few numbers which round to another
/// integer explain, since convolutions sum in another order: of losses, of the
/// gradients of one tensor (Euclidean norms), and of the gradient of one scale,
/// a sum of terms of both signs that nearly cancel.
constexpr double kSameLoss = 1e-3;
constexpr double kSameGradient = 1e-2;
constexpr double kSameScale = 1e-1;

double relative_difference(const at::Tensor& left, const at::Tensor& right) {
  const double size = right.norm().item<double>();
  const double difference = (left - right).norm().item<double>();
  return size > 0.0 ? difference / size : difference;
}

void check_same(
    const std::string& what,
    const at::Tensor& ours,
    const at::Tensor& plain,
    double tolerance = kSameGradient) {
  if (!ours.defined() || !plain.defined()) {
    return;
  }
  const double difference = relative_difference(ours, plain);
  OMPQ_CHECK(
      difference <= tolerance,
      ErrorCode::InvalidData,
      "{}: gradients differ by {:.2g} of their size",
      what,
      difference);
}

}  // namespace

void compare_gradients(
    UnitProblem& unit,
    const Frontier& frontier,
    ReconstructionOptions options) {
  options.drop_probability = 0.0;
  PlainUnit nchw(unit, frontier, at::MemoryFormat::Contiguous, 0.0);
  PlainUnit nhwc(unit, frontier, at::MemoryFormat::ChannelsLast, 0.0);
  const auto check = [&](const GradientStep& step) {
    for (PlainUnit* plain : {&nchw, &nhwc}) {
      const at::AutoGradMode with_gradients(true);
      const PlainGradients wanted = plain->gradients(step.groups);
      OMPQ_CHECK(
          std::abs(step.loss - wanted.loss) <= kSameLoss * wanted.loss,
          ErrorCode::InvalidData,
          "unit {}: loss {:.7g}, plain {:.7g}",
          unit.index,
          step.loss,
          wanted.loss);
      for (std::size_t i = 0; i < unit.layers.size(); ++i) {
        const std::string& name = unit.layers[i].name;
        const LayerTensors& layer = step.tensors.layers[i];
        check_same(name + " weight", layer.weight.grad(), wanted.weights[i]);
        if (layer.bias.defined()) {
          check_same(name + " bias", layer.bias.grad(), wanted.biases[i]);
        }
      }
      for (std::size_t i = 0; i < unit.activations.size(); ++i) {
        if (unit.activations[i].is_learned) {
          check_same(
              unit.activations[i].value + " scale",
              step.tensors.activations[i].scale.grad(),
              wanted.scales[i],
              kSameScale);
        }
      }
    }
  };
  optimize_unit(
      unit,
      frontier,
      options,
      {.iterations = 1,
       .plenty_positions = kAllPositions,
       .after_gradients = check},
      silent_observer());
}

}  // namespace ompq
