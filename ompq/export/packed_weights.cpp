// SPDX-License-Identifier: MIT
#include "ompq/export/packed_weights.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "ompq/export/packed_nodes.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_weight.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

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
  builder.add_node(packed_call(join_function_name(pool.bits), planes, joined));
  if (!is_whole) {
    add_split(joined, stem + "k", sizes, parts, builder);
  }
}

void PackedWeights::add_group(
    const PackedGroup& group, GraphBuilder& builder) const {
  const std::string& stem = names_[group.front()];
  const Shape shape = shape_of(group);
  std::vector<std::int64_t> rows;
  std::vector<std::string> parts;
  for (const std::size_t i : group) {
    rows.push_back(weights_[i].shape.front());
    parts.push_back(unpacked_name(i));
  }
  const PackedConstants& first = weights_[group.front()].constants;
  std::vector<NodeSpec> nodes =
      first.base ? code_nodes(
                       first.bits,
                       first.base->type(),
                       numbers_of(group, std::mem_fn(&PackedConstants::shift)),
                       stem + "z",
                       builder)
                 : float_nodes(group, builder);
  nodes.insert(
      nodes.begin(),
      {.op_type = "Reshape",
       .inputs = {add_shared(
           shape_names_.at(shape),
           stem + "d",
           shape_constant(shape),
           builder)}});
  const bool is_whole = parts.size() == 1;
  const std::string all = is_whole ? parts.front() : stem + "g";
  add_chain(numbers_name(group), std::move(nodes), stem, all, builder);
  if (!is_whole) {
    add_split(all, stem + "l", rows, parts, builder);
  }
}

std::vector<NodeSpec> PackedWeights::float_nodes(
    const PackedGroup& group, GraphBuilder& builder) const {
  const std::string& stem = names_[group.front()];
  const Constant zero =
      numbers_of(group, std::mem_fn(&PackedConstants::zero_point));
  std::string zero_name = stem + "z";
  if (zero.size() == 1) {
    builder.add_constant(zero_name, zero.cast(DataType::Float32));
  } else {
    builder.add_constant(zero_name, zero);
    NodeSpec cast = cast_node(DataType::Float32);
    cast.inputs = {zero_name};
    cast.outputs = {stem + "f"};
    builder.add_node(std::move(cast));
    zero_name = repeated(group, stem + "f", builder);
  }
  const Constant scale =
      numbers_of(group, std::mem_fn(&PackedConstants::scale));
  builder.add_constant(stem + "s", scale);
  const std::string scale_name =
      scale.size() == 1 ? stem + "s" : repeated(group, stem + "s", builder);
  return {
      cast_node(DataType::Float32),
      {.op_type = "Sub", .inputs = {zero_name}},
      {.op_type = "Mul", .inputs = {scale_name}}};
}

Constant PackedWeights::numbers_of(
    const PackedGroup& group,
    const std::function<Constant(const PackedConstants&)>& role) const {
  std::vector<Constant> numbers;
  for (const std::size_t i : group) {
    numbers.push_back(role(weights_[i].constants));
  }
  return broadcast_numbers(weights_, group, numbers);
}

std::string PackedWeights::repeated(
    const PackedGroup& group,
    const std::string& numbers,
    GraphBuilder& builder) const {
  const PackedConstants& constants = weights_[group.front()].constants;
  if (constants.group_size == 0) {
    return numbers;
  }
  builder.add_constant(
      numbers + "g", Constant::scalar<std::int64_t>(constants.group_size));
  builder.add_node(packed_call(
      groups_function_name(*constants.axis),
      {numbers, shape_names_.at(shape_of(group)), numbers + "g"},
      numbers + "r"));
  return numbers + "r";
}

std::string PackedWeights::unpacked_name(std::size_t weight) const {
  return weights_[weight].constants.base ? names_[weight] + "c"
                                         : names_[weight];
}

std::string PackedWeights::numbers_name(const PackedGroup& group) const {
  return names_[group.front()] + "n";
}

const PackedConstants& PackedWeights::constants_of(
    const QuantizedLayer& layer) const {
  return weights_[index_.at(layer.name)].constants;
}

std::string PackedWeights::scale_name(const QuantizedLayer& layer) const {
  return names_[index_.at(layer.name)] + "s";
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
