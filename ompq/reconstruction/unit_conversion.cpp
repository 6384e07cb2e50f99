// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/unit_conversion.h"

#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

std::vector<float> to_floats(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.contiguous();
  const auto* const data = dense.data_ptr<float>();
  return {data, data + dense.numel()};
}

std::vector<std::int32_t> to_integers(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.to(at::kInt).contiguous();
  const auto* const data = dense.data_ptr<std::int32_t>();
  return {data, data + dense.numel()};
}

QuantizedWeight to_weight(const UnitLayer& layer) {
  const bool is_grouped = layer.rounded.scales.size(1) > 1;
  return {
      .grid = layer.grid,
      .codes = to_integers(from_rows(layer.rounded.codes, layer.layout)),
      .shape = layer.layout.shape,
      .axis = layer.layout.axis,
      .group_size = is_grouped ? layer.rounded.group_size : 0,
      .group_axis = layer.layout.input_axis,
      .scales = to_floats(layer.rounded.scales),
      .zero_points = to_integers(layer.rounded.zero_points)};
}

void restore_layer(UnitLayer& layer, const QuantizedLayer& stored) {
  const QuantizedWeight& weight = stored.weight;
  const std::int64_t rows = layer.layout.rows;
  const auto scales = static_cast<std::int64_t>(weight.scales.size());
  const bool fits =
      stored.name == layer.name && weight.shape == layer.layout.shape &&
      weight.grid == layer.grid && scales > 0 && scales % rows == 0 &&
      weight.zero_points.size() == weight.scales.size() &&
      static_cast<std::int64_t>(weight.codes.size()) ==
          element_count(weight.shape);
  OMPQ_CHECK(
      fits,
      ErrorCode::InvalidFile,
      "[quantize] the kept result of layer '{}' does not fit layer '{}'",
      stored.name,
      layer.name);
  layer.rounded.codes = to_rows(
      at::tensor(weight.codes).to(at::kFloat).reshape(weight.shape),
      layer.layout);
  layer.rounded.scales = at::tensor(weight.scales).reshape({rows, -1});
  layer.rounded.zero_points =
      at::tensor(weight.zero_points).to(at::kFloat).reshape({rows, -1});
  if (layer.bias.defined() && !stored.bias.empty()) {
    layer.bias = at::tensor(stored.bias);
  }
}

}  // namespace

UnitResult to_result(const UnitProblem& unit) {
  UnitResult result;
  for (const UnitLayer& layer : unit.layers) {
    result.layers.push_back(
        {.name = layer.name,
         .weight = to_weight(layer),
         .bias = layer.bias.defined() ? to_floats(layer.bias)
                                      : std::vector<float>()});
  }
  for (const UnitActivation& activation : unit.activations) {
    result.activations.push_back(
        {.value = activation.value,
         .grid = activation.step.grid,
         .parameters = activation.step.parameters()});
  }
  return result;
}

void restore(UnitProblem& unit, const UnitResult& result) {
  OMPQ_CHECK(
      result.layers.size() == unit.layers.size() &&
          result.activations.size() == unit.activations.size(),
      ErrorCode::InvalidFile,
      "[quantize] the kept result of unit {} has {} layers and {} activations, "
      "expected {} and {}",
      unit.index,
      result.layers.size(),
      result.activations.size(),
      unit.layers.size(),
      unit.activations.size());
  for (std::size_t i = 0; i < unit.layers.size(); ++i) {
    restore_layer(unit.layers[i], result.layers[i]);
  }
  for (std::size_t i = 0; i < unit.activations.size(); ++i) {
    const AffineParameters& parameters = result.activations[i].parameters;
    unit.activations[i].step.zero_point = parameters.zero_point;
    unit.activations[i].step.scale = at::full({1}, parameters.scale);
  }
}

}  // namespace ompq
