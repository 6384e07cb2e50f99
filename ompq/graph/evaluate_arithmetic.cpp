// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "ompq/graph/element_combination.h"
#include "ompq/graph/element_selection.h"
#include "ompq/graph/evaluators.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

Result add(const NodeFacts& facts, const Outputs& outputs) {
  return fold_inputs(facts, outputs, []<typename T>(T a, T b) {
    return static_cast<Arithmetic<T>>(a) + static_cast<Arithmetic<T>>(b);
  });
}

Result subtract(const NodeFacts& facts, const Outputs& outputs) {
  return fold_inputs(facts, outputs, []<typename T>(T a, T b) {
    return static_cast<Arithmetic<T>>(a) - static_cast<Arithmetic<T>>(b);
  });
}

Result multiply(const NodeFacts& facts, const Outputs& outputs) {
  return fold_inputs(facts, outputs, []<typename T>(T a, T b) {
    return static_cast<Arithmetic<T>>(a) * static_cast<Arithmetic<T>>(b);
  });
}

/// Integers are cut off towards zero; a zero divisor leaves the node alone.
Result divide(const NodeFacts& facts, const Outputs& outputs) {
  if (!is_floating_point(facts.type(1)) && facts.type(1) != DataType::Bool) {
    const std::vector<std::int64_t> divisors = *facts.integers(1);
    if (std::find(divisors.begin(), divisors.end(), 0) != divisors.end()) {
      return std::nullopt;
    }
  }
  return fold_inputs(facts, outputs, []<typename T>(T a, T b) -> T {
    if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
      // The smallest integer divided by -1 would overflow.
      return b == T{-1} ? static_cast<T>(
                              Arithmetic<T>{0} - static_cast<Arithmetic<T>>(a))
                        : static_cast<T>(a / b);
    } else {
      return static_cast<T>(a / b);
    }
  });
}

Result minimum(const NodeFacts& facts, const Outputs& outputs) {
  return fold_inputs(facts, outputs, []<typename T>(T a, T b) {
    // NaN wins, as in numpy and ONNX Runtime.
    return a != a || a < b ? a : b;
  });
}

Result maximum(const NodeFacts& facts, const Outputs& outputs) {
  return fold_inputs(facts, outputs, []<typename T>(T a, T b) {
    return a != a || a > b ? a : b;
  });
}

Result mean(const NodeFacts& facts, const Outputs& outputs) {
  const Result total = add(facts, outputs);
  if (!total || !is_floating_point(facts.type(0))) {
    return std::nullopt;
  }
  const auto count = static_cast<double>(facts.count());
  const Constant divisor = broadcast_to(
      Constant::scalar<double>(count).cast(facts.type(0)), *outputs[0].shape);
  const auto result = combine_elements(
      total->front(), divisor, []<typename T>(T a, T b) { return a / b; });
  return result ? Result({*result}) : std::nullopt;
}

/// base^exponent by squaring, exact modulo 2^64.
template <typename T>
T integer_power(T base, std::int64_t exponent) {
  std::uint64_t result = 1;
  auto factor = static_cast<std::uint64_t>(base);
  for (; exponent > 0; exponent /= 2) {
    result *= exponent % 2 != 0 ? factor : 1;
    factor *= factor;
  }
  return static_cast<T>(result);
}

Result power(const NodeFacts& facts, const Outputs& outputs) {
  const Shape& shape = *outputs[0].shape;
  const Constant base = broadcast_to(*facts.constant(0), shape);
  const Constant exponent = broadcast_to(*facts.constant(1), shape);
  const std::vector<double> exponents = exponent.to_double();
  const bool whole =
      std::all_of(exponents.begin(), exponents.end(), [](double power_of) {
        return power_of >= 0.0 && power_of == std::floor(power_of);
      });
  std::optional<Constant> result;
  visit_element_type(base.type(), [&]<typename T>() {
    const auto bases = base.elements<T>();
    if constexpr (std::is_floating_point_v<T>) {
      result = generate_elements<T>(base.type(), shape, [&](std::size_t i) {
        return std::pow(bases[i], static_cast<T>(exponents[i]));
      });
    } else if (whole) {
      result = generate_elements<T>(base.type(), shape, [&](std::size_t i) {
        return integer_power<T>(
            bases[i], static_cast<std::int64_t>(exponents[i]));
      });
    }
  });
  return result ? Result({*result}) : std::nullopt;
}

}  // namespace

Evaluators arithmetic_evaluators() {
  return {
      {"Add", add},
      {"Sub", subtract},
      {"Mul", multiply},
      {"Div", divide},
      {"Min", minimum},
      {"Max", maximum},
      {"Sum", add},
      {"Mean", mean},
      {"Pow", power}};
}

}  // namespace ompq
