// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/one_shot.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include "ompq/core/error.h"
#include "ompq/reconstruction/bias_correction.h"
#include "ompq/reconstruction/layer_moments.h"
#include "ompq/reconstruction/layer_patches.h"
#include "ompq/reconstruction/second_order_rounding.h"

namespace ompq {
namespace {

const Node& node_of(const UnitProblem& unit, std::size_t layer) {
  const Graph& graph = unit.network.graph();
  return graph.node(*graph.find_node(unit.layers[layer].name));
}

/// Positions for the moments of a layer. Beyond a few thousand, more help
/// little, and the product costs positions x columns^2.
std::int64_t wanted_positions(
    const UnitLayer& layer, const EffortSettings& effort) {
  constexpr std::int64_t kPlenty = 16384;
  const std::int64_t columns = layer.layout.columns;
  return std::max(
      effort.least_positions,
      std::min(columns * effort.positions_per_column, 4 * columns + kPlenty));
}

/// Positions that one example gives the layer.
std::int64_t positions_per_group(const UnitProblem& unit, std::size_t layer) {
  const Graph& graph = unit.network.graph();
  const auto shape =
      graph.value(*node_of(unit, layer).outputs.front()).static_shape();
  if (!shape.has_value() || shape->size() != 4) {
    return 1;
  }
  return (*shape)[2] * (*shape)[3];
}

/// Examples that give every layer the positions it wants.
std::int64_t needed_groups(
    const UnitProblem& unit,
    const Frontier& frontier,
    const EffortSettings& effort) {
  constexpr std::int64_t kFewest = 32;
  std::int64_t needed = kFewest;
  for (std::size_t i = 0; i < unit.layers.size(); ++i) {
    const std::int64_t each = positions_per_group(unit, i);
    // Neighbouring positions are alike: four from a place count as one.
    const std::int64_t wanted = wanted_positions(unit.layers[i], effort);
    needed = std::max(needed, (2 * wanted + each - 1) / each);
  }
  return std::min(needed, frontier.groups());
}

std::vector<Tensors> side_inputs(
    const UnitProblem& unit,
    const Frontier& frontier,
    Frontier::Side side,
    std::int64_t groups,
    std::int64_t step) {
  std::vector<Tensors> micro_batches;
  for (std::int64_t first = 0; first < groups; first += step) {
    Tensors& inputs = micro_batches.emplace_back();
    for (const std::string& value : unit.inputs) {
      inputs.push_back(
          frontier.range(value, side, first, std::min(step, groups - first)));
    }
  }
  return micro_batches;
}

LayerMoments measure_moments(
    const Node& node,
    const UnitLayer& layer,
    const Tensors& quantized_inputs,
    const Tensors& float_inputs,
    std::int64_t positions,
    bool centre) {
  MomentSum sum;
  const auto parts = static_cast<std::int64_t>(quantized_inputs.size());
  const std::int64_t each = (positions + parts - 1) / parts;
  for (std::size_t i = 0; i < quantized_inputs.size(); ++i) {
    sum.add(
        *layer_patches(node, layer.layout, quantized_inputs[i], each),
        *layer_patches(node, layer.layout, float_inputs[i], each));
  }
  return sum.moments(centre);
}

void round_layer(
    UnitLayer& layer,
    const LayerMoments& moments,
    const ReconstructionOptions& options) {
  try {
    layer.rounded = round_second_order(
        layer.weight, moments, {.scales = scale_options(layer, options)});
  } catch (const Error& error) {
    fail(error.code(), "{} (layer '{}')", error.what(), layer.name);
  }
}

/// The float and the quantized unit, both before the same layer.
struct Passes {
  UnitPass& of_float;
  UnitPass& of_quantized;
};

void round_stopped_layer(
    UnitLayer& layer,
    const Node& node,
    const Passes& passes,
    const ReconstructionOptions& options,
    const EffortSettings& effort) {
  const bool correct = options.correct_bias && layer.bias.defined();
  const bool is_second_order = options.one_shot &&
                               options.method != RoundingMethod::Nearest &&
                               has_patches(node, layer.layout);
  if (is_second_order) {
    const LayerMoments moments = measure_moments(
        node,
        layer,
        passes.of_quantized.layer_inputs(),
        passes.of_float.layer_inputs(),
        wanted_positions(layer, effort),
        correct);
    round_layer(layer, moments, options);
    if (correct) {
      layer.bias = matched_bias(
          layer.bias, layer.weight, layer.rounded.values(), moments);
    }
  } else if (correct) {
    const std::vector<float> shift = bias_correction(
        passes.of_float.run_layer(), passes.of_quantized.run_layer());
    layer.bias = layer.bias + at::tensor(shift);
  }
}

}  // namespace

RowScaleOptions scale_options(
    const UnitLayer& layer, const ReconstructionOptions& options) {
  const bool is_matrix = layer.layout.shape.size() == 2;
  return {
      .grid = layer.grid,
      .search =
          {.rule = options.weight_scale,
           .is_symmetric = has_symmetric_weights(options, layer.grid.bits)},
      .group_size = is_matrix ? options.group_size : 0,
      .per_tensor = !options.per_channel};
}

void round_one_shot(
    UnitProblem& unit,
    const Frontier& frontier,
    const ReconstructionOptions& options,
    const EffortSettings& effort,
    std::int64_t examples) {
  const at::NoGradGuard no_gradients;
  const std::int64_t groups = needed_groups(unit, frontier, effort);
  UnitPass of_float(
      unit.network,
      side_inputs(unit, frontier, Frontier::Side::Float, groups, examples),
      {});
  UnitPass of_quantized(
      unit.network,
      side_inputs(unit, frontier, Frontier::Side::Quantized, groups, examples),
      current_tensors(unit));
  while (const auto index = of_quantized.next_layer()) {
    static_cast<void>(of_float.next_layer());
    UnitLayer& layer = unit.layers[*index];
    round_stopped_layer(
        layer,
        node_of(unit, *index),
        {.of_float = of_float, .of_quantized = of_quantized},
        options,
        effort);
    of_quantized.set_layer(*index, layer_tensors(layer, layer.rounded));
  }
}

}  // namespace ompq
