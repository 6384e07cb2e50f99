// SPDX-License-Identifier: MIT
#include <functional>

#include "ompq/graph/element_selection.h"
#include "ompq/graph/evaluators.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

template <typename Comparison>
Result compare(const NodeFacts& facts, const Outputs& outputs) {
  const Shape& shape = *outputs[0].shape;
  const Constant a = broadcast_to(*facts.constant(0), shape);
  const Constant b = broadcast_to(*facts.constant(1), shape);
  Result result;
  visit_element_type(a.type(), [&]<typename T>() {
    const auto left = a.elements<T>();
    const auto right = b.elements<T>();
    result.emplace(
        {generate_elements<bool>(DataType::Bool, shape, [&](std::size_t i) {
          return Comparison{}(left[i], right[i]);
        })});
  });
  return result;
}

/// And, Or and Xor exist for bool only.
template <typename Operation>
Result combine_bools(const NodeFacts& facts, const Outputs& outputs) {
  return facts.type(0) == DataType::Bool ? compare<Operation>(facts, outputs)
                                         : std::nullopt;
}

Result logical_not(const NodeFacts& facts, const Outputs& outputs) {
  if (facts.type(0) != DataType::Bool) {
    facts.invalid("needs a bool input");
  }
  const auto elements = facts.constant(0)->elements<bool>();
  return Result({generate_elements<bool>(
      DataType::Bool, *outputs[0].shape, [&](std::size_t i) {
        return !elements[i];
      })});
}

Result where(const NodeFacts& facts, const Outputs& outputs) {
  const Shape& shape = *outputs[0].shape;
  const Constant condition = broadcast_to(*facts.constant(0), shape);
  const Constant yes = broadcast_to(*facts.constant(1), shape);
  const Constant no = broadcast_to(*facts.constant(2), shape);
  const auto choose_first = condition.elements<bool>();
  Result result;
  visit_element_type(yes.type(), [&]<typename T>() {
    const auto first = yes.elements<T>();
    const auto second = no.elements<T>();
    result.emplace({generate_elements<T>(yes.type(), shape, [&](std::size_t i) {
      return choose_first[i] ? first[i] : second[i];
    })});
  });
  return result;
}

}  // namespace

Evaluators logic_evaluators() {
  return {
      {"Equal", compare<std::equal_to<>>},
      {"Less", compare<std::less<>>},
      {"LessOrEqual", compare<std::less_equal<>>},
      {"Greater", compare<std::greater<>>},
      {"GreaterOrEqual", compare<std::greater_equal<>>},
      {"And", combine_bools<std::logical_and<>>},
      {"Or", combine_bools<std::logical_or<>>},
      {"Xor", combine_bools<std::not_equal_to<>>},
      {"Not", logical_not},
      {"Where", where}};
}

}  // namespace ompq
