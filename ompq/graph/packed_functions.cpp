// SPDX-License-Identifier: MIT
#include "ompq/graph/packed_functions.h"

#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "ompq/graph/function_body.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/size_model.h"

namespace ompq {
namespace {

using detail::FunctionBody;

constexpr int kByteBits = 8;
constexpr std::string_view kJoin = "join";
constexpr std::string_view kGroups = "groups";

std::string plane_function_name(int width) {
  return fmt::format("plane{}", width);
}

Constant byte(int number) {
  return Constant::scalar<std::uint8_t>(static_cast<std::uint8_t>(number));
}

/// Shifting to the left and back leaves `width` bits of each byte; a byte holds
/// the elements i, i + m, i + 2 m, ...
Function plane_function(int width, std::int64_t opset) {
  std::vector<std::uint8_t> shifts;
  for (int shift = 0; shift < kByteBits; shift += width) {
    shifts.push_back(static_cast<std::uint8_t>(shift));
  }
  const auto rows = static_cast<std::int64_t>(shifts.size());
  FunctionBody body(std::string(kPackedDomain), {"x"}, opset);
  body.constant("s", Constant::from(shifts, {rows, 1}));
  body.constant("m", byte((1 << width) - 1));
  body.constant("f", Constant::from<std::int64_t>({-1}, {1}));
  body.node("BitShift", {"x", "s"}, "a", {{"direction", std::string("RIGHT")}});
  body.node("BitwiseAnd", {"a", "m"}, "b");
  body.node("Reshape", {"b", "f"}, "c");
  return std::move(body).finish(plane_function_name(width), "c");
}

std::vector<std::string> plane_inputs(int bits) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < bit_planes(bits).size(); ++i) {
    inputs.push_back(fmt::format("x{}", i));
  }
  return inputs;
}

std::map<std::string, Attribute> cast_to(DataType type) {
  return {{"to", static_cast<std::int64_t>(type)}};
}

Function join_function(int bits, std::int64_t opset) {
  const std::vector<int> widths = bit_planes(bits);
  const bool is_wide = bits > kByteBits;
  const std::vector<std::string> inputs = plane_inputs(bits);
  FunctionBody body(std::string(kPackedDomain), inputs, opset);
  std::string code;
  int shift = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    std::string part = inputs[i];
    const auto step = [&](char letter) {
      return fmt::format("{}{}", letter, i);
    };
    if (widths[i] < kByteBits) {
      body.call(plane_function_name(widths[i]), {part}, step('p'));
      part = step('p');
    }
    if (is_wide) {
      body.node("Cast", {part}, step('w'), cast_to(DataType::UInt32));
      part = step('w');
    }
    if (shift > 0) {
      const Constant by = byte(shift);
      body.constant(step('k'), is_wide ? by.cast(DataType::UInt32) : by);
      body.node(
          "BitShift",
          {part, step('k')},
          step('l'),
          {{"direction", std::string("LEFT")}});
      body.node("BitwiseOr", {code, step('l')}, step('o'));
      part = step('o');
    }
    code = part;
    shift += widths[i];
  }
  if (is_wide) {
    body.node("Cast", {code}, "u", cast_to(DataType::UInt16));
    code = std::string("u");
  }
  if (code == inputs.front()) {
    // A function must compute what it returns.
    body.node("Identity", {code}, "u");
    code = std::string("u");
  }
  return std::move(body).finish(join_function_name(bits), code);
}

Function weights_function(std::int64_t opset) {
  FunctionBody body(std::string(kPackedDomain), {"x", "s", "z", "f"}, opset);
  body.node("Reshape", {"x", "s"}, "a");
  body.node("Cast", {"a"}, "b", cast_to(DataType::Float32));
  body.node("Cast", {"z"}, "c", cast_to(DataType::Float32));
  body.node("Sub", {"b", "c"}, "d");
  body.node("Mul", {"d", "f"}, "w");
  return std::move(body).finish(std::string(kWeightsFunction), "w");
}

Function codes_function(std::string_view name, std::int64_t opset) {
  const DataType type =
      name == kSignedCodesFunction ? DataType::Int8 : DataType::UInt8;
  FunctionBody body(std::string(kPackedDomain), {"x", "s", "z"}, opset);
  body.node("Reshape", {"x", "s"}, "a");
  body.node("Cast", {"a"}, "b", cast_to(DataType::Int32));
  body.node("Cast", {"z"}, "c", cast_to(DataType::Int32));
  body.node("Sub", {"b", "c"}, "d");
  body.node("Cast", {"d"}, "w", cast_to(type));
  return std::move(body).finish(std::string(name), "w");
}

Function groups_function(std::int64_t axis, std::int64_t opset) {
  FunctionBody body(std::string(kPackedDomain), {"x", "s", "g"}, opset);
  body.constant("a", Constant::scalar<std::int64_t>(axis));
  body.constant("z", Constant::scalar<std::int64_t>(0));
  body.constant("o", Constant::scalar<std::int64_t>(1));
  body.node("Gather", {"s", "a"}, "n");
  body.node("Range", {"z", "n", "o"}, "r");
  body.node("Div", {"r", "g"}, "i");
  body.node("Gather", {"x", "i"}, "y", {{"axis", axis}});
  return std::move(body).finish(groups_function_name(axis), "y");
}

/// The number behind a prefix, if that is all there is.
std::optional<int> number_after(
    std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) {
    return std::nullopt;
  }
  name.remove_prefix(prefix.size());
  int number = 0;
  const auto [end, status] =
      std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_whole =
      status == std::errc() && end == name.data() + name.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string join_function_name(int bits) {
  return fmt::format("{}{}", kJoin, bits);
}

std::string groups_function_name(std::int64_t axis) {
  return fmt::format("{}{}", kGroups, axis);
}

std::optional<int> joined_bits(std::string_view name) {
  const auto bits = number_after(kJoin, name);
  return bits && *bits >= kMinPlanBits && *bits <= kMaxPlanBits ? bits
                                                                : std::nullopt;
}

std::optional<std::int64_t> grouped_axis(std::string_view name) {
  const auto axis = number_after(kGroups, name);
  return axis && *axis >= 0 ? std::optional<std::int64_t>(*axis) : std::nullopt;
}

bool is_packed_function(std::string_view name) {
  return joined_bits(name).has_value() || grouped_axis(name).has_value() ||
         name == kWeightsFunction || name == kSignedCodesFunction ||
         name == kUnsignedCodesFunction;
}

std::vector<Function> packed_functions(
    std::span<const std::string> names, std::int64_t opset) {
  std::set<int> planes;
  std::set<int> joins;
  std::set<std::int64_t> axes;
  std::set<std::string> others;
  for (const std::string& name : names) {
    if (const auto bits = joined_bits(name)) {
      joins.insert(*bits);
    } else if (const auto axis = grouped_axis(name)) {
      axes.insert(*axis);
    } else {
      others.insert(name);
    }
  }
  for (const int bits : joins) {
    for (const int plane : bit_planes(bits)) {
      if (plane < kByteBits) {
        planes.insert(plane);
      }
    }
  }
  std::vector<Function> functions;
  const auto add = [&](const auto& numbers, const auto& make) {
    for (const auto number : numbers) {
      functions.push_back(make(number, opset));
    }
  };
  add(planes, plane_function);
  add(joins, join_function);
  add(axes, groups_function);
  for (const std::string& name : others) {
    functions.push_back(
        name == kWeightsFunction ? weights_function(opset)
                                 : codes_function(name, opset));
  }
  return functions;
}

}  // namespace ompq
