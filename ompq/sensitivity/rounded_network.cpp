// SPDX-License-Identifier: MIT
#include "ompq/sensitivity/rounded_network.h"

#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/reconstruction/own_parameters.h"
#include "ompq/sensitivity/rounding_errors.h"
#include "ompq/sensitivity/sample_layers.h"

namespace ompq {
namespace {}  // namespace

std::vector<int> weight_widths(const BitPlan& plan) {
  std::vector<int> widths;
  for (const LayerBits& bits : plan.layers) {
    widths.push_back(bits.weight_bits);
  }
  return widths;
}

RoundedNetwork::RoundedNetwork(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const std::vector<std::vector<int>>& widths,
    const WeightGrids& grids,
    Observer& observer)
    : graph_(with_own_parameters(model.graph, model.layers.layers)),
      rounded_(widths.size()) {
  const LayerTable& layers = model.layers.layers;
  const std::vector<LayerSample> samples =
      sample_layers(model, micro_batches, observer);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    layers_.push_back(*graph_.find_node(layers[i].name));
    const RoundingErrors rounding =
        rounding_errors(model.graph, layers[i], widths[i], grids);
    const Node& node = graph_.node(layers_.back());
    const Constant* bias = can_add_bias(node, layers[i])
                               ? graph_.constant_input(node, kBiasInput)
                               : nullptr;
    const at::Tensor means =
        bias != nullptr ? samples[i].output_moments(rounding.errors).mean
                        : at::Tensor();
    for (std::size_t w = 0; w < widths[i].size(); ++w) {
      Parameters own{
          .weight = to_constant(from_rows(
              rounding.weight + rounding.errors[w], rounding.layout))};
      if (bias != nullptr) {
        own.bias = to_constant(
            to_tensor(*bias) -
            means[static_cast<std::int64_t>(w)].to(at::kFloat));
      }
      rounded_[i].emplace(widths[i][w], std::move(own));
    }
  }
}

Graph RoundedNetwork::at(const std::vector<int>& widths) const {
  GraphBuilder builder(graph_);
  const auto replace = [&](const Node& node,
                           std::size_t input,
                           const Constant& constant,
                           const char* role) {
    const std::string name = builder.fresh_name(node.name + role);
    builder.add_constant(name, constant);
    builder.replace_uses(graph_.value(*node.input(input)).name, name);
  };
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Node& node = graph_.node(layers_[i]);
    if (widths.at(i) == 0) {
      continue;
    }
    const auto found = rounded_[i].find(widths[i]);
    OMPQ_CHECK(
        found != rounded_[i].end(),
        ErrorCode::InvalidArgument,
        "[search] layer '{}' was not rounded to {} bits",
        node.name,
        widths[i]);
    replace(node, kWeightInput, found->second.weight, "_rounded");
    if (found->second.bias) {
      replace(node, kBiasInput, *found->second.bias, "_corrected");
    }
  }
  return std::move(builder).build();
}

}  // namespace ompq
