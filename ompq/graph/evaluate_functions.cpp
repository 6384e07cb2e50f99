// SPDX-License-Identifier: MIT
#include <cmath>
#include <type_traits>

#include "ompq/graph/evaluators.h"
#include "ompq/graph/typed_elements.h"

namespace ompq {
namespace {

using Result = std::optional<std::vector<Constant>>;
using Outputs = std::vector<ValueFacts>;

/// Applies a function of one number to floating-point elements.
template <typename Function>
Result map_reals(const NodeFacts& facts, Function function) {
  const Constant& input = *facts.constant(0);
  Result result;
  visit_element_type(input.type(), [&]<typename T>() {
    if constexpr (std::is_floating_point_v<T>) {
      const auto elements = input.elements<T>();
      result.emplace({generate_elements<T>(
          input.type(), input.shape(), [&](std::size_t i) {
            return function(elements[i]);
          })});
    }
  });
  return result;
}

/// Applies a function of one number to elements of any numeric type.
template <typename Function>
Result map_numbers(const NodeFacts& facts, Function function) {
  const Constant& input = *facts.constant(0);
  Result result;
  visit_element_type(input.type(), [&]<typename T>() {
    if constexpr (!std::is_same_v<T, bool>) {
      const auto elements = input.elements<T>();
      result.emplace({generate_elements<T>(
          input.type(), input.shape(), [&](std::size_t i) {
            return function(elements[i]);
          })});
    }
  });
  return result;
}

/// The function of one real number, computed in the element's own precision.
template <auto kFunction>
Result real_function(const NodeFacts& facts, const Outputs&) {
  return map_reals(facts, kFunction);
}

constexpr auto kSqrt = [](auto x) { return std::sqrt(x); };
constexpr auto kExp = [](auto x) { return std::exp(x); };
constexpr auto kLog = [](auto x) { return std::log(x); };
constexpr auto kSin = [](auto x) { return std::sin(x); };
constexpr auto kCos = [](auto x) { return std::cos(x); };
constexpr auto kErf = [](auto x) { return std::erf(x); };
constexpr auto kTanh = [](auto x) { return std::tanh(x); };
constexpr auto kFloor = [](auto x) { return std::floor(x); };
constexpr auto kCeil = [](auto x) { return std::ceil(x); };
/// Half to even: the rounding mode of every program that leaves it alone.
constexpr auto kRound = [](auto x) { return std::nearbyint(x); };
constexpr auto kReciprocal = []<typename T>(T x) { return T{1} / x; };
constexpr auto kSigmoid = []<typename T>(T x) {
  return T{1} / (T{1} + std::exp(-x));
};

Result negate(const NodeFacts& facts, const Outputs&) {
  return map_numbers(facts, []<typename T>(T x) {
    if constexpr (std::is_floating_point_v<T>) {
      return -x;
    } else {
      return Arithmetic<T>{0} - static_cast<Arithmetic<T>>(x);
    }
  });
}

Result absolute(const NodeFacts& facts, const Outputs&) {
  return map_numbers(facts, []<typename T>(T x) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::abs(x);
    } else {
      const auto bits = static_cast<Arithmetic<T>>(x);
      return x < T{0} ? Arithmetic<T>{0} - bits : bits;
    }
  });
}

Result sign(const NodeFacts& facts, const Outputs&) {
  return map_numbers(facts, []<typename T>(T x) {
    return static_cast<T>((x > T{0} ? 1 : 0) - (x < T{0} ? 1 : 0));
  });
}

Result relu(const NodeFacts& facts, const Outputs&) {
  return map_numbers(
      facts, []<typename T>(T x) { return x > T{0} ? x : T{0}; });
}

Result clip(const NodeFacts& facts, const Outputs&) {
  for (std::size_t index = 1; index < 3; ++index) {
    const Constant* limit = facts.constant(index);
    if (limit != nullptr &&
        (limit->size() != 1 || limit->type() != facts.type(0))) {
      facts.invalid("a limit must be one element of the input's type");
    }
  }
  return map_numbers(facts, [&]<typename T>(T x) {
    const Constant* low = facts.constant(1);
    const Constant* high = facts.constant(2);
    if (low != nullptr && x < low->elements<T>()[0]) {
      x = low->elements<T>()[0];
    }
    if (high != nullptr && x > high->elements<T>()[0]) {
      x = high->elements<T>()[0];
    }
    return x;
  });
}

}  // namespace

Evaluators function_evaluators() {
  return {
      {"Abs", absolute},
      {"Ceil", real_function<kCeil>},
      {"Clip", clip},
      {"Cos", real_function<kCos>},
      {"Erf", real_function<kErf>},
      {"Exp", real_function<kExp>},
      {"Floor", real_function<kFloor>},
      {"Log", real_function<kLog>},
      {"Neg", negate},
      {"Reciprocal", real_function<kReciprocal>},
      {"Relu", relu},
      {"Round", real_function<kRound>},
      {"Sigmoid", real_function<kSigmoid>},
      {"Sign", sign},
      {"Sin", real_function<kSin>},
      {"Sqrt", real_function<kSqrt>},
      {"Tanh", real_function<kTanh>}};
}

}  // namespace ompq
