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
constexpr std::string_view kUnpack = "unpack";
constexpr std::string_view kCodes = "codes";
constexpr std::string_view kJoin = "join";
constexpr std::string_view kScaled = "scaled";
constexpr std::string_view kMoved = "moved";
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
  FunctionBody body(std::string(kPackedDomain), {"x", "n"}, opset);
  body.constant("s", Constant::from(shifts, {rows, 1}));
  body.constant("m", byte((1 << width) - 1));
  body.constant("f", Constant::from<std::int64_t>({-1}, {1}));
  body.constant("z", Constant::from<std::int64_t>({0}, {1}));
  body.node("BitShift", {"x", "s"}, "a", {{"direction", std::string("RIGHT")}});
  body.node("BitwiseAnd", {"a", "m"}, "b");
  body.node("Reshape", {"b", "f"}, "c");
  body.node("Slice", {"c", "z", "n"}, "d");
  return std::move(body).finish(plane_function_name(width), "d");
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
  std::vector<std::string> inputs = plane_inputs(bits);
  inputs.emplace_back("s");
  FunctionBody body(std::string(kPackedDomain), inputs, opset);
  body.node("ReduceProd", {"s"}, "n", {{"keepdims", std::int64_t{1}}});
  std::string code;
  int shift = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    std::string part = inputs[i];
    const auto step = [&](char letter) {
      return fmt::format("{}{}", letter, i);
    };
    if (widths[i] < kByteBits) {
      body.call(plane_function_name(widths[i]), {part, "n"}, step('p'));
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
  body.node("Reshape", {code, "s"}, "a");
  return std::move(body).finish(fmt::format("{}{}", kJoin, bits), "a");
}

/// Joins planes, and calls another function with the result, a zero point and
/// what else it takes.
Function joining_function(
    int bits, std::string name, std::string_view callee, std::int64_t opset) {
  std::vector<std::string> planes_and_shape = plane_inputs(bits);
  planes_and_shape.emplace_back("s");
  std::vector<std::string> inputs = planes_and_shape;
  inputs.emplace_back("z");
  inputs.emplace_back("f");
  FunctionBody body(std::string(kPackedDomain), inputs, opset);
  body.call(fmt::format("{}{}", kJoin, bits), planes_and_shape, "a");
  body.call(std::string(callee), {"a", "z", "f"}, "w");
  return std::move(body).finish(std::move(name), "w");
}

Function unpack_function(int bits, std::int64_t opset) {
  return joining_function(bits, unpack_function_name(bits), kScaled, opset);
}

Function codes_function(int bits, std::int64_t opset) {
  return joining_function(bits, codes_function_name(bits), kMoved, opset);
}

Function scaled_function(std::int64_t opset) {
  FunctionBody body(std::string(kPackedDomain), {"a", "z", "f"}, opset);
  body.node("Cast", {"a"}, "b", cast_to(DataType::Float32));
  body.node("Cast", {"z"}, "c", cast_to(DataType::Float32));
  body.node("Sub", {"b", "c"}, "d");
  body.node("Mul", {"d", "f"}, "w");
  return std::move(body).finish(std::string(kScaled), "w");
}

Function moved_function(std::int64_t opset) {
  FunctionBody body(std::string(kPackedDomain), {"a", "z", "o"}, opset);
  body.node("Cast", {"a"}, "b", cast_to(DataType::Int32));
  body.node("Cast", {"z"}, "c", cast_to(DataType::Int32));
  body.node("Cast", {"o"}, "d", cast_to(DataType::Int32));
  body.node("Sub", {"b", "c"}, "e");
  body.node("Add", {"e", "d"}, "g");
  body.node("CastLike", {"g", "o"}, "w");
  return std::move(body).finish(std::string(kMoved), "w");
}

Function repeat_function(std::int64_t opset) {
  FunctionBody body(std::string(kPackedDomain), {"x", "l"}, opset);
  body.node("Shape", {"l"}, "s");
  body.node("Expand", {"x", "s"}, "y");
  return std::move(body).finish(std::string(kRepeatFunction), "y");
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

/// The width behind a prefix.
std::optional<int> bits_after(std::string_view prefix, std::string_view name) {
  const auto bits = number_after(prefix, name);
  return bits && *bits >= kMinPlanBits && *bits <= kMaxPlanBits ? bits
                                                                : std::nullopt;
}

}  // namespace

std::string unpack_function_name(int bits) {
  return fmt::format("{}{}", kUnpack, bits);
}

std::string codes_function_name(int bits) {
  return fmt::format("{}{}", kCodes, bits);
}

std::string groups_function_name(std::int64_t axis) {
  return fmt::format("{}{}", kGroups, axis);
}

std::optional<int> unpacked_bits(std::string_view name) {
  return bits_after(kUnpack, name);
}

std::optional<int> coded_bits(std::string_view name) {
  return bits_after(kCodes, name);
}

std::optional<std::int64_t> grouped_axis(std::string_view name) {
  const auto axis = number_after(kGroups, name);
  return axis && *axis >= 0 ? std::optional<std::int64_t>(*axis) : std::nullopt;
}

std::vector<Function> packed_functions(
    std::span<const std::string> names, std::int64_t opset) {
  std::set<int> planes;
  std::set<int> joins;
  std::set<int> unpacks;
  std::set<int> codes;
  std::set<std::int64_t> axes;
  bool repeats = false;
  for (const std::string& name : names) {
    if (const auto bits = unpacked_bits(name)) {
      unpacks.insert(*bits);
      joins.insert(*bits);
    } else if (const auto own = coded_bits(name)) {
      codes.insert(*own);
      joins.insert(*own);
    } else if (const auto axis = grouped_axis(name)) {
      axes.insert(*axis);
    }
    repeats = repeats || name == kRepeatFunction;
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
  add(unpacks, unpack_function);
  add(codes, codes_function);
  add(axes, groups_function);
  if (!unpacks.empty()) {
    functions.push_back(scaled_function(opset));
  }
  if (!codes.empty()) {
    functions.push_back(moved_function(opset));
  }
  if (repeats) {
    functions.push_back(repeat_function(opset));
  }
  return functions;
}

}  // namespace ompq
