// SPDX-License-Identifier: MIT
#include "ompq/graph/packed_functions.h"

#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "ompq/core/units.h"
#include "ompq/graph/function_body.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/size_model.h"

namespace ompq {
namespace {

using detail::FunctionBody;

constexpr int kLowerHalf = 15;
constexpr std::string_view kJoin = "join";
constexpr std::string_view kGroups = "groups";

Constant byte(int number) {
  return Constant::scalar<std::uint8_t>(static_cast<std::uint8_t>(number));
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

/// Adds the nodes that take the elements of a plane of 4 bits out of its bytes:
/// the lower and the upper ones by one node each, which touch half as many
/// bytes as add_elements() does for other widths.
std::string add_halves(
    FunctionBody& body, const std::string& plane, std::size_t index) {
  const auto name = [&](char letter) {
    return fmt::format("{}{}", letter, index);
  };
  body.constant(name('m'), byte(kLowerHalf));
  body.constant(name('s'), byte(kBitsPerByte / 2));
  body.node("BitwiseAnd", {plane, name('m')}, name('a'));
  body.node(
      "BitShift",
      {plane, name('s')},
      name('b'),
      {{"direction", std::string("RIGHT")}});
  body.node("Concat", {name('a'), name('b')}, name('p'), {{"axis", 0}});
  return name('p');
}

/// Adds the nodes that take the elements of a plane out of its bytes.
///
/// @return their name; for planes of whole bytes the plane itself
std::string add_elements(
    FunctionBody& body,
    const std::string& plane,
    std::size_t index,
    int width) {
  if (width == kBitsPerByte) {
    return plane;
  }
  if (width == kBitsPerByte / 2) {
    return add_halves(body, plane, index);
  }
  std::vector<std::uint8_t> shifts;
  for (int shift = 0; shift < kBitsPerByte; shift += width) {
    shifts.push_back(static_cast<std::uint8_t>(shift));
  }
  const auto rows = static_cast<std::int64_t>(shifts.size());
  const auto name = [&](char letter) {
    return fmt::format("{}{}", letter, index);
  };
  body.constant(name('s'), Constant::from(shifts, {rows, 1}));
  body.constant(name('m'), byte((1 << width) - 1));
  body.constant(name('f'), Constant::from<std::int64_t>({-1}, {1}));
  body.node(
      "BitShift",
      {plane, name('s')},
      name('a'),
      {{"direction", std::string("RIGHT")}});
  body.node("BitwiseAnd", {name('a'), name('m')}, name('b'));
  body.node("Reshape", {name('b'), name('f')}, name('p'));
  return name('p');
}

Function join_function(int bits, std::int64_t opset) {
  const std::vector<int> widths = bit_planes(bits);
  const bool is_wide = bits > kBitsPerByte;
  const std::vector<std::string> inputs = plane_inputs(bits);
  FunctionBody body(std::string(kPackedDomain), inputs, opset);
  std::string code;
  int shift = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const auto step = [&](char letter) {
      return fmt::format("{}{}", letter, i);
    };
    std::string part = add_elements(body, inputs[i], i, widths[i]);
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
  return joined_bits(name).has_value() || grouped_axis(name).has_value();
}

std::vector<Function> packed_functions(
    std::span<const std::string> names, std::int64_t opset) {
  std::set<int> joins;
  std::set<std::int64_t> axes;
  for (const std::string& name : names) {
    if (const auto bits = joined_bits(name)) {
      joins.insert(*bits);
    } else if (const auto axis = grouped_axis(name)) {
      axes.insert(*axis);
    }
  }
  std::vector<Function> functions;
  const auto add = [&](const auto& numbers, const auto& make) {
    for (const auto number : numbers) {
      functions.push_back(make(number, opset));
    }
  };
  add(joins, join_function);
  add(axes, groups_function);
  return functions;
}

}  // namespace ompq
