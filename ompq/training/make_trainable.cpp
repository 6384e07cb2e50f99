// SPDX-License-Identifier: MIT
#include "ompq/training/make_trainable.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/reconstruction/own_parameters.h"

namespace ompq {
namespace {

/// Half a code, less what float32 may round away.
constexpr double kInsideCode = 0.49;
/// Of a row of zeros.
constexpr double kSmallestUnit = 1e-12;

at::Tensor leaf(const at::Tensor& tensor, bool is_learned = true) {
  return tensor.detach().clone().requires_grad_(is_learned);
}

at::Tensor floats(const std::vector<double>& numbers) {
  return at::tensor(numbers, at::kDouble).to(at::kFloat);
}

WeightGrid make_grid(const QuantizedWeight& weight, std::int64_t columns) {
  const at::Tensor scales = at::tensor(weight.scales);
  const std::int64_t groups =
      weight.group_size > 0
          ? (columns + weight.group_size - 1) / weight.group_size
          : 1;
  const bool is_shared =
      scales.numel() > 1 && scales.eq(scales[0]).all().item<bool>();
  return {
      .grid = weight.grid,
      .scales = is_shared ? scales.narrow(0, 0, 1).reshape({1, 1})
                          : scales.reshape({-1, groups}),
      .zero_points = at::tensor(weight.zero_points, at::kInt)
                         .reshape({-1, groups})
                         .contiguous(),
      .group_size = weight.group_size > 0 ? weight.group_size : columns};
}

/// [R, S] spread over the columns that each element stands for.
at::Tensor spread(
    const at::Tensor& parameter, std::int64_t group, std::int64_t columns) {
  return parameter.repeat_interleave(group, 1).narrow(1, 0, columns);
}

at::Tensor starting_weight(
    const QuantizedWeight& weight,
    const WeightGrid& grid,
    const WeightRows& layout,
    const at::Tensor* real) {
  const at::Tensor codes = to_rows(
      at::tensor(weight.codes, at::kInt).to(at::kFloat).reshape(weight.shape),
      layout);
  const at::Tensor scales = spread(
      grid.scales.expand_as(grid.zero_points), grid.group_size, layout.columns);
  const at::Tensor centre =
      codes - spread(grid.zero_points, grid.group_size, layout.columns);
  if (real == nullptr || real->sizes() != centre.sizes()) {
    return centre * scales;
  }
  const at::Tensor lean =
      (*real / scales - centre).clamp(-kInsideCode, kInsideCode);
  return (centre + lean) * scales;
}

TrainableNorm make_norm(const LayerNorm& norm, const at::Tensor& bias) {
  const at::Tensor scale = floats(norm.scale);
  const at::Tensor variance = scale * scale * floats(norm.variance);
  const at::Tensor shift = floats(norm.shift);
  return {
      .gamma = leaf(at::sqrt(variance + norm.epsilon)),
      .beta = leaf(shift),
      .running_mean = shift - bias,
      .running_variance = variance,
      .epsilon = norm.epsilon};
}

TrainableLayer make_layer(
    const TrainingStart& start,
    const Graph& graph,
    const Layer& layer,
    const QuantizedLayer* quantized) {
  const Node& node = graph.node(*graph.find_node(layer.name));
  TrainableLayer result{
      .name = layer.name, .layout = weight_rows(graph, layer)};
  at::Tensor weight =
      to_rows(to_tensor(*graph.constant_input(node, 1)), result.layout);
  result.unit = at::ones({result.layout.rows, 1});
  if (quantized != nullptr) {
    result.start_grid = make_grid(quantized->weight, result.layout.columns);
    result.step =
        leaf(at::zeros_like(result.start_grid->scales), start.learn_steps);
    const auto real = start.real_weights.find(layer.name);
    weight = starting_weight(
        quantized->weight,
        *result.start_grid,
        result.layout,
        real == start.real_weights.end() ? nullptr : &real->second);
    result.unit = weight.square().mean(1, true).sqrt().clamp_min(kSmallestUnit);
  }
  result.weight = leaf(weight / result.unit);
  const Constant* const bias = graph.constant_input(node, 2);
  if (quantized != nullptr && !quantized->bias.empty()) {
    result.bias = leaf(at::tensor(quantized->bias));
  } else if (
      can_add_bias(node, layer) && bias != nullptr &&
      bias->shape() == Shape{layer.output_channels}) {
    result.bias = leaf(to_tensor(*bias));
  }
  const auto norm = start.norms.find(layer.name);
  if (norm != start.norms.end() && result.bias.defined() &&
      result.layout.rows == result.bias.numel()) {
    result.norm = make_norm(norm->second, result.bias.detach());
    result.bias = at::Tensor();
  }
  return result;
}

/// True if codes lie on both sides of the zero point.
bool has_signs(const QuantizedActivation& activation) {
  const std::int32_t zero_point = activation.parameters.zero_point;
  return activation.grid.lowest() < zero_point &&
         zero_point < activation.grid.highest();
}

/// Site of each quantized value: those of one site share their tensors.
std::unordered_map<std::string, std::size_t> sites_of(
    const TrainingStart& start, const Graph& graph) {
  std::unordered_map<std::string, std::size_t> sites;
  const auto found = find_activation_sites(
      graph,
      find_quantizable_layers(graph).layers,
      {.network_inputs = true, .network_outputs = true});
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const ValueId value : found[i].values) {
      sites.emplace(graph.value(value).name, i);
    }
  }
  for (const QuantizedActivation& each : start.quantized.activations) {
    sites.emplace(each.value, sites.size() + found.size());
  }
  return sites;
}

std::vector<TrainableActivation> make_activations(
    const TrainingStart& start, const Graph& graph) {
  const auto sites = sites_of(start, graph);
  std::unordered_map<std::size_t, TrainableActivation> first_of_site;
  std::vector<TrainableActivation> result;
  for (const QuantizedActivation& each : start.quantized.activations) {
    TrainableActivation own{
        .value = each.value,
        .grid = each.grid,
        .start = each.parameters,
        .step = leaf(at::zeros({1}), start.learn_steps),
        .offset = {}};
    if (start.learn_steps && has_signs(each)) {
      own.offset = leaf(at::zeros({1}));
    }
    const TrainableActivation& first =
        first_of_site.try_emplace(sites.at(each.value), own).first->second;
    if (first.start == each.parameters && first.grid == each.grid) {
      own.step = first.step;
      own.offset = first.offset;
    }
    result.push_back(std::move(own));
  }
  return result;
}

/// Position of the activation whose step a layer's bias depends on.
std::optional<std::size_t> bias_input_of(
    const TrainingStart& start,
    const TrainableLayer& layer,
    const std::vector<TrainableActivation>& activations) {
  const auto found = start.bias_inputs.find(layer.name);
  if (found == start.bias_inputs.end() || !layer.start_grid) {
    return std::nullopt;
  }
  const auto activation = std::ranges::find(
      activations, found->second, &TrainableActivation::value);
  OMPQ_CHECK(
      activation != activations.end() && layer.step.size(1) == 1,
      ErrorCode::InvalidArgument,
      "[train] layer '{}' adds its bias to integers of '{}', which is not "
      "quantized, or has more than one step for a channel",
      layer.name,
      found->second);
  return static_cast<std::size_t>(activation - activations.begin());
}

}  // namespace

TrainableNetwork make_trainable(const TrainingStart& start) {
  const Graph graph = with_own_parameters(start.graph, start.layers);
  std::unordered_map<std::string, const QuantizedLayer*> quantized;
  for (const QuantizedLayer& layer : start.quantized.layers) {
    quantized.emplace(layer.name, &layer);
  }
  TrainableParts parts{.activations = make_activations(start, graph)};
  for (const Layer& layer : find_quantizable_layers(graph).layers) {
    const auto found = quantized.find(layer.name);
    parts.layers.push_back(make_layer(
        start,
        graph,
        layer,
        found == quantized.end() ? nullptr : found->second));
    parts.layers.back().bias_input =
        bias_input_of(start, parts.layers.back(), parts.activations);
    quantized.erase(layer.name);
  }
  OMPQ_CHECK(
      quantized.empty(),
      ErrorCode::InvalidArgument,
      "[train] layer '{}' is quantized, but not in the network",
      quantized.begin()->first);
  return {graph, std::move(parts)};
}

}  // namespace ompq
