// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>
#include <type_traits>

#include "ompq/graph/element_combination.h"
#include "ompq/graph/evaluators.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

/// Applies an operation on bits to integers; nothing for other types.
template <typename Operation>
Result fold_bits(
    const NodeFacts& facts, const Outputs& outputs, Operation operation) {
  if (is_floating_point(facts.type(0))) {
    return std::nullopt;
  }
  return fold_inputs(facts, outputs, [&]<typename T>(T a, T b) -> T {
    if constexpr (std::is_integral_v<T>) {
      using Unsigned = std::make_unsigned_t<T>;
      return static_cast<T>(
          operation(static_cast<Unsigned>(a), static_cast<Unsigned>(b)));
    } else {
      return a;
    }
  });
}

Result bit_and(const NodeFacts& facts, const Outputs& outputs) {
  return fold_bits(facts, outputs, [](auto a, auto b) { return a & b; });
}

Result bit_or(const NodeFacts& facts, const Outputs& outputs) {
  return fold_bits(facts, outputs, [](auto a, auto b) { return a | b; });
}

Result bit_xor(const NodeFacts& facts, const Outputs& outputs) {
  return fold_bits(facts, outputs, [](auto a, auto b) { return a ^ b; });
}

Result bit_shift(const NodeFacts& facts, const Outputs& outputs) {
  const std::string direction = facts.node().text("direction", "");
  if (direction != "LEFT" && direction != "RIGHT") {
    facts.invalid("direction must be LEFT or RIGHT, got '" + direction + "'");
  }
  const bool is_left = direction == "LEFT";
  return fold_bits(facts, outputs, [is_left](auto bits, auto distance) {
    // A shift by the whole width or more leaves nothing.
    const auto wide = static_cast<std::uint64_t>(bits);
    if (distance >= 8 * sizeof(bits)) {
      return std::uint64_t{0};
    }
    return is_left ? wide << distance : wide >> distance;
  });
}

Result bit_not(const NodeFacts& facts, const Outputs&) {
  const Constant& input = *facts.constant(0);
  Result result;
  visit_element_type(input.type(), [&]<typename T>() {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      const auto elements = input.elements<T>();
      result.emplace({generate_elements<T>(
          input.type(), input.shape(), [&](std::size_t i) {
            return ~elements[i];
          })});
    }
  });
  return result;
}

/// Remainder with the sign of the divisor, or of the dividend if fmod = 1.
Result modulo(const NodeFacts& facts, const Outputs& outputs) {
  const bool is_fmod = facts.node().integer("fmod", 0) != 0;
  if (is_floating_point(facts.type(1)) != is_fmod &&
      is_floating_point(facts.type(1))) {
    facts.invalid("floating-point numbers need fmod = 1");
  }
  const std::vector<double> divisors = facts.constant(1)->to_double();
  if (!is_floating_point(facts.type(1)) &&
      std::find(divisors.begin(), divisors.end(), 0.0) != divisors.end()) {
    return std::nullopt;
  }
  return fold_inputs(facts, outputs, [is_fmod]<typename T>(T a, T b) -> T {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      if (b == static_cast<T>(-1)) {
        // The smallest integer divided by -1 would overflow.
        return std::is_signed_v<T> ? T{0} : static_cast<T>(a % b);
      }
      const auto rest = static_cast<T>(a % b);
      const bool wrong_sign = rest != T{0} && (rest < T{0}) != (b < T{0});
      return is_fmod || !wrong_sign ? rest : static_cast<T>(rest + b);
    }
  });
}

}  // namespace

Evaluators bitwise_evaluators() {
  return {
      {"BitShift", bit_shift},
      {"BitwiseAnd", bit_and},
      {"BitwiseNot", bit_not},
      {"BitwiseOr", bit_or},
      {"BitwiseXor", bit_xor},
      {"Mod", modulo}};
}

}  // namespace ompq
