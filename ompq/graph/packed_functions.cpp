// SPDX-License-Identifier: MIT
#include "ompq/graph/packed_functions.h"

#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/size_model.h"

namespace ompq {
namespace {

constexpr int kByteBits = 8;
constexpr std::string_view kUnpack = "unpack";
constexpr std::string_view kGroups = "groups";

/// A function under construction: values are named by the caller, since every
/// letter is in every file.
class Body {
 public:
  Body(const std::vector<std::string>& inputs, std::int64_t opset)
      : builder_("", opset) {
    for (const std::string& input : inputs) {
      builder_.add_input(input, DataType::Undefined, std::nullopt);
    }
  }

  void constant(const std::string& name, Constant constant) {
    builder_.add_constant(name, std::move(constant));
  }

  void node(
      const std::string& op_type,
      std::vector<std::string> inputs,
      const std::string& output,
      std::map<std::string, Attribute> attributes = {}) {
    builder_.add_node(
        {.name = {},
         .domain = {},
         .op_type = op_type,
         .inputs = std::move(inputs),
         .outputs = {output},
         .attributes = std::move(attributes)});
  }

  void call(
      const std::string& function,
      std::vector<std::string> inputs,
      const std::string& output) {
    builder_.add_node(
        {.name = {},
         .domain = std::string(kPackedDomain),
         .op_type = function,
         .inputs = std::move(inputs),
         .outputs = {output},
         .attributes = {}});
  }

  [[nodiscard]] Function finish(
      std::string name, const std::string& output) && {
    builder_.add_output(output);
    return {
        .domain = std::string(kPackedDomain),
        .name = std::move(name),
        .body = std::make_shared<const Graph>(std::move(builder_).build())};
  }

 private:
  GraphBuilder builder_;
};

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
  Body body({"x", "n"}, opset);
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

Function unpack_function(int bits, std::int64_t opset) {
  const std::vector<int> widths = bit_planes(bits);
  const bool is_wide = bits > kByteBits;
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    inputs.push_back(fmt::format("x{}", i));
  }
  inputs.insert(inputs.end(), {"s", "z", "f"});
  Body body(inputs, opset);
  const auto to = [](DataType type) {
    return std::map<std::string, Attribute>{
        {"to", static_cast<std::int64_t>(type)}};
  };
  body.node("ReduceProd", {"s"}, "n", {{"keepdims", std::int64_t{1}}});
  std::string code;
  int shift = 0;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    std::string part = fmt::format("x{}", i);
    const auto step = [&](char letter) {
      return fmt::format("{}{}", letter, i);
    };
    if (widths[i] < kByteBits) {
      body.call(plane_function_name(widths[i]), {part, "n"}, step('p'));
      part = step('p');
    }
    if (is_wide) {
      body.node("Cast", {part}, step('w'), to(DataType::UInt32));
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
  body.node("Reshape", {code, "s"}, "a");
  body.node("Cast", {"a"}, "b", to(DataType::Float32));
  body.node("Cast", {"z"}, "c", to(DataType::Float32));
  body.node("Sub", {"b", "c"}, "d");
  body.node("Mul", {"d", "f"}, "w");
  return std::move(body).finish(unpack_function_name(bits), "w");
}

Function groups_function(std::int64_t axis, std::int64_t opset) {
  Body body({"x", "s", "g"}, opset);
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

std::string unpack_function_name(int bits) {
  return fmt::format("{}{}", kUnpack, bits);
}

std::string groups_function_name(std::int64_t axis) {
  return fmt::format("{}{}", kGroups, axis);
}

std::optional<int> unpacked_bits(std::string_view name) {
  const auto bits = number_after(kUnpack, name);
  return bits && *bits >= kMinPlanBits && *bits <= kMaxPlanBits ? bits
                                                                : std::nullopt;
}

std::optional<std::int64_t> grouped_axis(std::string_view name) {
  const auto axis = number_after(kGroups, name);
  return axis && *axis >= 0 ? std::optional<std::int64_t>(*axis) : std::nullopt;
}

std::vector<Function> packed_functions(
    std::span<const int> bits,
    std::span<const std::int64_t> axes,
    std::int64_t opset) {
  const std::set<int> widths(bits.begin(), bits.end());
  std::set<int> planes;
  for (const int width : widths) {
    for (const int plane : bit_planes(width)) {
      if (plane < kByteBits) {
        planes.insert(plane);
      }
    }
  }
  std::vector<Function> functions;
  for (const int plane : planes) {
    functions.push_back(plane_function(plane, opset));
  }
  for (const int width : widths) {
    functions.push_back(unpack_function(width, opset));
  }
  for (const std::int64_t axis :
       std::set<std::int64_t>(axes.begin(), axes.end())) {
    functions.push_back(groups_function(axis, opset));
  }
  return functions;
}

}  // namespace ompq
