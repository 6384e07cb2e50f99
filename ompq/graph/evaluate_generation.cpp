// SPDX-License-Identifier: MIT
#include "ompq/graph/element_selection.h"
#include "ompq/graph/evaluators.h"
#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

Result shape_of(const NodeFacts& facts, const Outputs&) {
  const AxisRange range = shape_slice(facts);
  const auto first = facts.shape(0).begin() + range.begin;
  const std::vector<std::int64_t> sizes(first, first + range.count);
  return Result({Constant::from<std::int64_t>(sizes, {range.count})});
}

Result size_of(const NodeFacts& facts, const Outputs&) {
  return Result(
      {Constant::scalar<std::int64_t>(element_count(facts.shape(0)))});
}

Result constant_of_shape(const NodeFacts& facts, const Outputs& outputs) {
  const auto found = facts.node().attributes.find("value");
  const Constant value = found == facts.node().attributes.end()
                             ? Constant::scalar<float>(0.0F)
                             : std::get<Constant>(found->second).reshaped({});
  if (bits_per_element(value.type()) < 8) {
    return std::nullopt;
  }
  return Result({broadcast_to(value, *outputs[0].shape)});
}

Result range(const NodeFacts& facts, const Outputs& outputs) {
  Result result;
  visit_element_type(facts.type(0), [&]<typename T>() {
    const T start = facts.constant(0)->elements<T>()[0];
    const T delta = facts.constant(2)->elements<T>()[0];
    result.emplace({generate_elements<T>(
        facts.type(0), *outputs[0].shape, [&](std::size_t i) {
          return start + static_cast<T>(i) * delta;
        })});
  });
  return result;
}

Result cast(const NodeFacts& facts, const Outputs& outputs) {
  if (facts.type(0) == DataType::String ||
      outputs[0].type == DataType::String) {
    return std::nullopt;
  }
  return Result({facts.constant(0)->cast(outputs[0].type)});
}

}  // namespace

Evaluators generation_evaluators() {
  return {
      {"Shape", shape_of},
      {"Size", size_of},
      {"ConstantOfShape", constant_of_shape},
      {"Range", range},
      {"Cast", cast},
      {"CastLike", cast}};
}

}  // namespace ompq
