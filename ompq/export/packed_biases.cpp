// SPDX-License-Identifier: MIT
#include "ompq/export/packed_biases.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "ompq/export/integer_biases.h"
#include "ompq/export/packed_nodes.h"

namespace ompq::detail {
namespace {

/// With fewer layers the nodes of a pool take more bytes than they save.
constexpr std::size_t kFewestPooled = 8;

Constant ones(std::size_t count) {
  return Constant::from(
      std::vector<std::int32_t>(count, 1), {static_cast<std::int64_t>(count)});
}

}  // namespace

PackedBiases::PackedBiases(
    const Graph& graph,
    const QuantizedModel& model,
    const IntegerInputs& inputs,
    const PackedWeights& weights,
    const std::string& prefix)
    : stem_(prefix + "wb") {
  for (const QuantizedLayer& layer : model.layers) {
    Bias bias{.name = fmt::format("{}{}", stem_, biases_.size())};
    const auto input = inputs.find(layer.name);
    const auto node = graph.find_node(layer.name);
    if (input != inputs.end() && node && !layer.bias.empty()) {
      const PackedConstants& weight = weights.constants_of(layer);
      bias.codes =
          integer_bias(layer, graph.node(*node), weight, &input->second);
      bias.input_scale = input->second.scale;
      bias.weight_scale = weights.scale_name(layer);
      bias.scale = bias.name + "s";
      if (bias.codes && weight.axis) {
        pool_.push_back(layer.name);
      }
    }
    biases_.emplace(layer.name, std::move(bias));
  }
  if (pool_.size() < kFewestPooled) {
    pool_.clear();
  }
}

std::string PackedBiases::add(
    const QuantizedLayer& layer, GraphBuilder& builder) const {
  const Bias& bias = biases_.at(layer.name);
  const auto channels = static_cast<std::int64_t>(layer.bias.size());
  if (!bias.codes) {
    builder.add_constant(
        bias.name, Constant::from<float>(layer.bias, {channels}));
    return bias.name;
  }
  if (!pool_.empty() && pool_.front() == layer.name) {
    add_pool(builder);
  }
  if (std::ranges::find(pool_, layer.name) == pool_.end()) {
    add_own_scale(bias, builder);
  }
  builder.add_constant(
      bias.name + "c", Constant::from<std::int32_t>(*bias.codes, {channels}));
  builder.add_node(
      {.op_type = "DequantizeLinear",
       .inputs = {bias.name + "c", bias.scale},
       .outputs = {bias.name},
       .attributes = {{"axis", 0}}});
  builder.set_type(bias.name, DataType::Float32);
  builder.set_shape(bias.name, {{{channels, ""}}});
  return bias.name;
}

void PackedBiases::add_pool(GraphBuilder& builder) const {
  std::vector<std::string> weight_scales;
  std::vector<std::string> scales;
  std::vector<float> input_scales;
  std::vector<std::int64_t> sizes;
  for (const std::string& layer : pool_) {
    const Bias& bias = biases_.at(layer);
    weight_scales.push_back(bias.weight_scale);
    scales.push_back(bias.scale);
    input_scales.push_back(bias.input_scale);
    sizes.push_back(static_cast<std::int64_t>(bias.codes->size()));
  }
  builder.add_node(
      {.op_type = "Concat",
       .inputs = weight_scales,
       .outputs = {stem_ + "w"},
       .attributes = {{"axis", 0}}});
  add_positions(sizes, builder);
  builder.add_constant(
      stem_ + "x",
      Constant::from<float>(
          input_scales, {static_cast<std::int64_t>(input_scales.size())}));
  builder.add_node(
      {.op_type = "Gather",
       .inputs = {stem_ + "x", stem_ + "p"},
       .outputs = {stem_ + "g"}});
  builder.add_node(
      {.op_type = "Mul",
       .inputs = {stem_ + "w", stem_ + "g"},
       .outputs = {stem_ + "m"}});
  add_split(stem_ + "m", stem_ + "k", sizes, scales, builder);
}

void PackedBiases::add_positions(
    const std::vector<std::int64_t>& sizes, GraphBuilder& builder) const {
  std::vector<std::int64_t> begins(sizes.size());
  std::partial_sum(sizes.begin(), sizes.end(), begins.begin());
  const std::int64_t channels = begins.back();
  begins.pop_back();
  builder.add_constant(stem_ + "n", shape_constant({channels}));
  builder.add_node(
      {.op_type = "ConstantOfShape",
       .inputs = {stem_ + "n"},
       .outputs = {stem_ + "z"},
       .attributes = {
           {"value", Constant::from(std::vector<std::int32_t>{0}, {1})}}});
  builder.add_constant(stem_ + "b", shape_constant(begins));
  builder.add_constant(stem_ + "o", ones(begins.size()));
  builder.add_node(
      {.op_type = "ScatterElements",
       .inputs = {stem_ + "z", stem_ + "b", stem_ + "o"},
       .outputs = {stem_ + "y"}});
  builder.add_constant(stem_ + "a", Constant::scalar<std::int64_t>(0));
  builder.add_node(
      {.op_type = "CumSum",
       .inputs = {stem_ + "y", stem_ + "a"},
       .outputs = {stem_ + "p"}});
}

void PackedBiases::add_own_scale(
    const Bias& bias, GraphBuilder& builder) const {
  builder.add_constant(
      bias.name + "x", Constant::scalar<float>(bias.input_scale));
  builder.add_node(
      {.op_type = "Mul",
       .inputs = {bias.weight_scale, bias.name + "x"},
       .outputs = {bias.scale}});
}

}  // namespace ompq::detail
