// SPDX-License-Identifier: MIT
#include "ompq/export/packed_weights.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_weight.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

NodeSpec call(
    std::string_view function,
    std::vector<std::string> inputs,
    std::string output) {
  return {
      .name = {},
      .domain = std::string(kPackedDomain),
      .op_type = std::string(function),
      .inputs = std::move(inputs),
      .outputs = {std::move(output)},
      .attributes = {}};
}

Constant integers(const std::vector<std::int64_t>& numbers) {
  return Constant::from(numbers, {static_cast<std::int64_t>(numbers.size())});
}

std::tuple<DataType, std::int64_t, std::int64_t> zero_key(
    const PackedConstants& constants) {
  return {
      constants.base->type(),
      constants.base->to_int64().front(),
      constants.axis ? constants.scale.size() : -1};
}

}  // namespace

PackedWeights::PackedWeights(
    const Graph& graph,
    const QuantizedModel& model,
    const IntegerInputs& inputs,
    const std::string& prefix,
    const MakePackedConstants& make_constants,
    bool has_groups) {
  std::map<std::string, std::vector<const QuantizedLayer*>> known;
  for (const QuantizedLayer& layer : model.layers) {
    const auto node = graph.find_node(layer.name);
    if (!node || !graph.node(*node).input(1)) {
      continue;  // insert_quantizers() refuses it
    }
    auto& others = known[graph.value(*graph.node(*node).input(1)).name];
    const auto same =
        std::ranges::find_if(others, [&](const QuantizedLayer* other) {
          return is_same_weight(other->weight, layer.weight);
        });
    if (same != others.end()) {
      index_[layer.name] = index_.at((*same)->name);
      continue;
    }
    others.push_back(&layer);
    index_[layer.name] = weights_.size();
    const auto input = inputs.find(layer.name);
    weights_.push_back(
        {make_constants(
             layer, input == inputs.end() ? nullptr : &input->second),
         layer.weight.shape});
  }
  pools_ = pool_weights(weights_, has_groups);
  name_everything(prefix);
}

void PackedWeights::name_everything(const std::string& prefix) {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    names_.push_back(fmt::format("{}w{}", prefix, i));
    if (weights_[i].constants.base) {
      zero_names_.try_emplace(zero_key(weights_[i].constants), names_[i] + "r");
    }
  }
  for (const PackedPool& pool : pools_) {
    for (const PackedGroup& group : pool.groups) {
      shape_names_.try_emplace(shape_of(group), names_[group.front()] + "d");
    }
  }
}

std::string PackedWeights::add(
    const QuantizedLayer& layer,
    const Value& weight,
    GraphBuilder& builder) const {
  const std::size_t index = index_.at(layer.name);
  for (const PackedPool& pool : pools_) {
    for (const PackedGroup& group : pool.groups) {
      if (group.front() == index && &group == &pool.groups.front()) {
        add_pool(pool, builder);
      }
      if (group.front() == index) {
        add_group(group, builder);
      }
    }
  }
  const std::string& name = names_[index];
  builder.set_type(name, DataType::Float32);
  builder.set_shape(name, weight.shape);
  if (weights_[index].constants.base) {
    add_dequantizer(index, builder);
  }
  return name;
}

void PackedWeights::add_pool(
    const PackedPool& pool, GraphBuilder& builder) const {
  constexpr std::size_t kMultiple = 8;
  const std::string& stem = names_[pool.groups.front().front()];
  std::vector<std::uint32_t> numbers;
  std::vector<std::int64_t> sizes;
  std::vector<std::string> parts;
  for (const PackedGroup& group : pool.groups) {
    for (const std::size_t i : group) {
      const auto& own = weights_[i].constants.numbers;
      numbers.insert(numbers.end(), own.begin(), own.end());
    }
    sizes.push_back(element_count(shape_of(group)));
    parts.push_back(numbers_name(group));
  }
  if (const std::size_t rest = numbers.size() % kMultiple; rest != 0) {
    sizes.push_back(static_cast<std::int64_t>(kMultiple - rest));
    parts.push_back(stem + "e");
    numbers.resize(numbers.size() + kMultiple - rest, 0);
  }
  std::vector<std::string> planes;
  for (const Constant& plane : pack_codes(numbers, pool.bits)) {
    planes.push_back(fmt::format("{}p{}", stem, planes.size()));
    builder.add_constant(planes.back(), plane);
  }
  const bool is_whole = parts.size() == 1;
  const std::string joined = is_whole ? parts.front() : stem + "j";
  builder.add_node(call(join_function_name(pool.bits), planes, joined));
  if (!is_whole) {
    builder.add_constant(stem + "k", integers(sizes));
    builder.add_node(
        {.name = {},
         .domain = {},
         .op_type = "Split",
         .inputs = {joined, stem + "k"},
         .outputs = parts,
         .attributes = {}});
  }
}

void PackedWeights::add_group(
    const PackedGroup& group, GraphBuilder& builder) const {
  const std::string& stem = names_[group.front()];
  const Shape shape = shape_of(group);
  std::vector<Constant> scales;
  std::vector<Constant> zeros;
  std::vector<std::int64_t> rows;
  std::vector<std::string> parts;
  const bool has_codes = weights_[group.front()].constants.base.has_value();
  for (const std::size_t i : group) {
    const PackedConstants& constants = weights_[i].constants;
    scales.push_back(constants.scale);
    zeros.push_back(has_codes ? constants.shift() : constants.zero_point);
    rows.push_back(weights_[i].shape.front());
    parts.push_back(unpacked_name(i));
  }
  const std::string& shape_name = shape_names_.at(shape);
  std::vector<std::string> inputs{
      numbers_name(group),
      add_shared(shape_name, stem + "d", integers(shape), builder)};
  const Constant zero = broadcast_numbers(weights_, group, zeros);
  inputs.push_back(
      add_numbers(group, has_codes ? narrowed(zero) : zero, 'z', builder));
  std::string_view function = kWeightsFunction;
  if (has_codes) {
    const bool is_signed =
        weights_[group.front()].constants.base->type() == DataType::Int8;
    function = is_signed ? kSignedCodesFunction : kUnsignedCodesFunction;
  } else {
    inputs.push_back(add_numbers(
        group, broadcast_numbers(weights_, group, scales), 's', builder));
  }
  const bool is_whole = parts.size() == 1;
  const std::string all = is_whole ? parts.front() : stem + "g";
  builder.add_node(call(function, std::move(inputs), all));
  if (!is_whole) {
    builder.add_constant(stem + "l", integers(rows));
    builder.add_node(
        {.name = {},
         .domain = {},
         .op_type = "Split",
         .inputs = {all, stem + "l"},
         .outputs = parts,
         .attributes = {}});
  }
}

std::string PackedWeights::add_numbers(
    const PackedGroup& group,
    const Constant& numbers,
    char role,
    GraphBuilder& builder) const {
  const PackedConstants& constants = weights_[group.front()].constants;
  const std::string name = names_[group.front()] + role;
  builder.add_constant(name, numbers);
  if (constants.group_size == 0 || numbers.size() == 1) {
    return name;
  }
  builder.add_constant(
      name + "g", Constant::scalar<std::int64_t>(constants.group_size));
  builder.add_node(call(
      groups_function_name(*constants.axis),
      {name, shape_names_.at(shape_of(group)), name + "g"},
      name + "r"));
  return name + "r";
}

std::string PackedWeights::unpacked_name(std::size_t weight) const {
  return weights_[weight].constants.base ? names_[weight] + "c"
                                         : names_[weight];
}

std::string PackedWeights::numbers_name(const PackedGroup& group) const {
  return names_[group.front()] + "n";
}

Shape PackedWeights::shape_of(const PackedGroup& group) const {
  Shape shape = weights_[group.front()].shape;
  shape.front() = 0;
  for (const std::size_t i : group) {
    shape.front() += weights_[i].shape.front();
  }
  return shape;
}

void PackedWeights::add_dequantizer(
    std::size_t weight, GraphBuilder& builder) const {
  const PackedConstants& constants = weights_[weight].constants;
  const std::string& name = names_[weight];
  builder.set_type(name + "c", constants.base->type());
  builder.add_constant(name + "s", constants.scale);
  const auto key = zero_key(constants);
  const std::int64_t count = std::get<2>(key);
  const std::vector<std::int64_t> zeros(
      static_cast<std::size_t>(std::max<std::int64_t>(count, 1)),
      std::get<1>(key));
  NodeSpec spec{
      .name = {},
      .domain = {},
      .op_type = "DequantizeLinear",
      .inputs =
          {name + "c",
           name + "s",
           add_shared(
               zero_names_.at(key),
               name + "r",
               Constant::from(zeros, count < 0 ? Shape{} : Shape{count})
                   .cast(constants.base->type()),
               builder)},
      .outputs = {name},
      .attributes = {}};
  if (constants.axis) {
    spec.attributes["axis"] = *constants.axis;
  }
  builder.add_node(std::move(spec));
}

std::string PackedWeights::add_shared(
    const std::string& name,
    const std::string& own,
    Constant constant,
    GraphBuilder& builder) const {
  if (name == own) {
    builder.add_constant(name, std::move(constant));
  }
  return name;
}

}  // namespace ompq::detail
