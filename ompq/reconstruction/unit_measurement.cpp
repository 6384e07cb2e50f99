// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_measurement.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

namespace ompq {
namespace {

/// Most examples that are held out.
constexpr std::int64_t kMostHeldOut = 64;

/// Sums for a variance and a mean squared error.
struct NoiseSum {
  double sum = 0.0;
  double squares = 0.0;
  double errors = 0.0;
  double count = 0.0;

  void add(const at::Tensor& wanted, const at::Tensor& got) {
    sum += wanted.sum(at::kDouble).item<double>();
    squares += wanted.square().sum(at::kDouble).item<double>();
    errors += (got - wanted).square().sum(at::kDouble).item<double>();
    count += static_cast<double>(wanted.numel());
  }

  [[nodiscard]] double decibels() const {
    const double mean = sum / count;
    return ompq::decibels(squares / count - mean * mean, errors / count);
  }
};

std::vector<Tensors> held_out_inputs(
    const UnitProblem& unit,
    const Frontier& frontier,
    Frontier::Side side,
    std::int64_t step) {
  std::vector<Tensors> result;
  const std::int64_t end = frontier.groups();
  for (std::int64_t first = end - held_out_groups(frontier); first < end;
       first += step) {
    Tensors& inputs = result.emplace_back();
    for (const std::string& value : unit.inputs) {
      inputs.push_back(
          frontier.range(value, side, first, std::min(step, end - first)));
    }
  }
  return result;
}

}  // namespace

double decibels(double signal, double noise) {
  constexpr double kMost = 200.0;
  if (!(signal > 0.0)) {
    return 0.0;
  }
  if (std::isnan(noise)) {
    return -kMost;
  }
  return noise > 0.0
             ? std::clamp(10.0 * std::log10(signal / noise), -kMost, kMost)
             : kMost;
}

std::int64_t held_out_groups(const Frontier& frontier) {
  const std::int64_t groups = frontier.groups();
  return std::clamp<std::int64_t>(groups / 8, 1, kMostHeldOut);
}

UnitMeasurement measure_unit(
    const UnitProblem& unit, const Frontier& frontier, std::int64_t step) {
  UnitPass of_float(
      unit.network,
      held_out_inputs(unit, frontier, Frontier::Side::Float, step),
      {});
  UnitPass of_quantized(
      unit.network,
      held_out_inputs(unit, frontier, Frontier::Side::Quantized, step),
      current_tensors(unit));
  UnitMeasurement result;
  while (const auto layer = of_float.next_layer()) {
    static_cast<void>(of_quantized.next_layer());
    const Tensors wanted = of_float.run_layer();
    const Tensors got = of_quantized.run_layer();
    NoiseSum noise;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      noise.add(wanted[i], got[i]);
    }
    result.layers.push_back(
        {.name = unit.layers[*layer].name,
         .sqnr_before_db = noise.decibels(),
         .sqnr_db = noise.decibels()});
  }
  static_cast<void>(of_quantized.next_layer());
  const std::vector<Tensors> wanted = of_float.outputs();
  const std::vector<Tensors> got = of_quantized.outputs();
  NoiseSum noise;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (std::size_t j = 0; j < wanted[i].size(); ++j) {
      noise.add(wanted[i][j], got[i][j]);
    }
  }
  result.sqnr_db = noise.decibels();
  return result;
}

}  // namespace ompq
