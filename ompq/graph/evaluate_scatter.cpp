// SPDX-License-Identifier: MIT
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "ompq/graph/evaluators.h"
#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

/// Elements from one position along an axis to the next.
std::size_t stride_of(const Shape& shape, std::size_t axis) {
  return static_cast<std::size_t>(std::accumulate(
      shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1,
      shape.end(),
      std::int64_t{1},
      std::multiplies<>()));
}

/// Sums along an axis up to each element, with or without it, from either end.
Result cumulative_sum(const NodeFacts& facts, const Outputs& outputs) {
  const Shape& shape = facts.shape(0);
  if (element_count(shape) == 0) {
    return Result({*facts.constant(0)});
  }
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.integers(1)->front(), facts.rank(0)));
  const std::size_t stride = stride_of(shape, axis);
  const auto size = static_cast<std::size_t>(shape[axis]);
  const bool excludes = facts.node().integer("exclusive", 0) != 0;
  const bool is_reversed = facts.node().integer("reverse", 0) != 0;
  Result result;
  visit_element_type(facts.type(0), [&]<typename T>() {
    using Total = Arithmetic<T>;
    const std::span<const T> elements = facts.constant(0)->elements<T>();
    std::vector<T> sums(elements.size());
    for (std::size_t line = 0; line < elements.size() / size; ++line) {
      const std::size_t begin = line / stride * stride * size + line % stride;
      Total total{};
      for (std::size_t i = 0; i < size; ++i) {
        const std::size_t step = is_reversed ? size - 1 - i : i;
        const std::size_t position = begin + step * stride;
        const Total before = total;
        total += static_cast<Total>(elements[position]);
        sums[position] = static_cast<T>(excludes ? before : total);
      }
    }
    result.emplace({generate_elements<T>(
        facts.type(0), *outputs[0].shape, [&](std::size_t i) {
          return sums[i];
        })});
  });
  return result;
}

/// Where in the data each update goes.
std::vector<std::size_t> scatter_positions(const NodeFacts& facts) {
  const Shape& data = facts.shape(0);
  const Shape& shape = facts.shape(1);
  const auto axis = static_cast<std::size_t>(
      facts.axis(facts.node().integer("axis", 0), facts.rank(0)));
  const std::vector<std::int64_t> indices = *facts.integers(1);
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::size_t position = 0;
    for (std::size_t d = 0; d < data.size(); ++d) {
      const std::size_t own =
          i / stride_of(shape, d) % static_cast<std::size_t>(shape[d]);
      const std::int64_t index = d != axis ? static_cast<std::int64_t>(own)
                                 : indices[i] < 0 ? indices[i] + data[d]
                                                  : indices[i];
      if (index < 0 || index >= data[d]) {
        facts.mismatch(fmt::format(
            "index {} is outside axis {} of {}", indices[i], axis, data[d]));
      }
      position += static_cast<std::size_t>(index) * stride_of(data, d);
    }
    positions.push_back(position);
  }
  return positions;
}

Result scatter_elements(const NodeFacts& facts, const Outputs& outputs) {
  if (facts.node().text("reduction", "none") != "none") {
    return std::nullopt;
  }
  const std::vector<std::size_t> positions = scatter_positions(facts);
  Result result;
  visit_element_type(facts.type(0), [&]<typename T>() {
    const std::span<const T> data = facts.constant(0)->elements<T>();
    const std::span<const T> updates = facts.constant(2)->elements<T>();
    std::vector<T> elements(data.begin(), data.end());
    for (std::size_t i = 0; i < positions.size(); ++i) {
      elements[positions[i]] = updates[i];
    }
    result.emplace({generate_elements<T>(
        facts.type(0), *outputs[0].shape, [&](std::size_t i) -> T {
          return elements[i];
        })});
  });
  return result;
}

}  // namespace

Evaluators scatter_evaluators() {
  return {{"CumSum", cumulative_sum}, {"ScatterElements", scatter_elements}};
}

}  // namespace ompq
