// SPDX-License-Identifier: MIT
#include "ompq/graph/quant_parameters.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/element_selection.h"
#include "ompq/graph/shape_arithmetic.h"

namespace ompq::detail {
namespace {

constexpr std::size_t kScale = 1;
constexpr std::size_t kZeroPoint = 2;
constexpr std::size_t kBitWidth = 3;

const Constant& constant_parameter(
    const Graph& graph,
    const Node& node,
    std::size_t index,
    const char* parameter) {
  OMPQ_CHECK(
      node.input(index).has_value(),
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): its {} (input {}) is missing",
      node.name,
      node.op_type,
      parameter,
      index);
  const Constant* constant = graph.constant_input(node, index);
  OMPQ_CHECK(
      constant != nullptr && constant->size() > 0,
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' ({}): its {} '{}' is computed; ompq runs "
      "quantizers with constant parameters",
      node.name,
      node.op_type,
      parameter,
      graph.value(*node.input(index)).name);
  return *constant;
}

Constant read_scale(const Graph& graph, const Node& node) {
  Constant scale =
      constant_parameter(graph, node, kScale, "scale").cast(DataType::Float32);
  for (const float number : scale.elements<float>()) {
    OMPQ_CHECK(
        std::isfinite(number) && number > 0.0F,
        ErrorCode::InvalidModel,
        "[canonicalize] node '{}' ({}): the scale {} is not positive and "
        "finite",
        node.name,
        node.op_type,
        number);
  }
  return scale;
}

Constant read_zero_point(const Graph& graph, const Node& node) {
  const Constant& given =
      constant_parameter(graph, node, kZeroPoint, "zero point");
  for (const double number : given.to_double()) {
    OMPQ_CHECK(
        std::nearbyint(number) == number && std::abs(number) < 0x1p31,
        ErrorCode::Unsupported,
        "[canonicalize] node '{}' ({}): the zero point {} is not an integer; "
        "ompq runs whole zero points",
        node.name,
        node.op_type,
        number);
  }
  return given.cast(DataType::Int64);
}

double read_bits(const Graph& graph, const Node& node) {
  const Constant& bits =
      constant_parameter(graph, node, kBitWidth, "bit width");
  OMPQ_CHECK(
      bits.size() == 1,
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' ({}): a bit width of shape {}; ompq runs one "
      "width for a tensor",
      node.name,
      node.op_type,
      to_string(bits.shape()));
  const double width = bits.to_double().front();
  OMPQ_CHECK(
      width >= 1 && std::nearbyint(width) == width,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): the bit width {} is not a positive "
      "integer",
      node.name,
      node.op_type,
      width);
  return width;
}

void check_rounding(const Node& node) {
  std::string mode = node.text("rounding_mode", "ROUND");
  std::ranges::transform(mode, mode.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  OMPQ_CHECK(
      mode == "ROUND" || mode == "HALF_EVEN",
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' ({}): rounding mode '{}' is not supported; "
      "ompq rounds halves to even (ROUND, HALF_EVEN)",
      node.name,
      node.op_type,
      node.text("rounding_mode", "ROUND"));
}

/// Scale and zero point, both of the shape they have together.
QuantParameters on_grid(
    const Node& node,
    std::int64_t lowest,
    std::int64_t highest,
    const Constant& scale,
    const Constant& zero_point) {
  const auto shape = broadcast_shapes(scale.shape(), zero_point.shape());
  OMPQ_CHECK(
      shape.has_value(),
      ErrorCode::ShapeMismatch,
      "[canonicalize] node '{}' ({}): scales of shape {} do not fit zero "
      "points of shape {}",
      node.name,
      node.op_type,
      to_string(scale.shape()),
      to_string(zero_point.shape()));
  return {
      .lowest = lowest,
      .highest = highest,
      .scale = broadcast_to(scale, *shape),
      .zero_point = broadcast_to(zero_point, *shape)};
}

}  // namespace

QuantParameters read_quant_parameters(
    const Graph& graph, const Node& node, std::int64_t widest) {
  check_rounding(node);
  const double width = read_bits(graph, node);
  OMPQ_CHECK(
      width <= static_cast<double>(widest),
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' ({}): {} bits; ompq runs 1 to {} here",
      node.name,
      node.op_type,
      width,
      widest);
  const auto bits = static_cast<int>(width);
  const std::int64_t narrow = node.integer("narrow", 0) != 0 ? 1 : 0;
  const bool is_signed = node.integer("signed", 1) != 0;
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  const std::int64_t lowest = is_signed ? narrow - half : 0;
  const std::int64_t highest = is_signed ? half - 1 : 2 * half - 1 - narrow;
  OMPQ_CHECK(
      lowest < highest,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): a narrow grid of {} bits has one number",
      node.name,
      node.op_type,
      bits);
  return on_grid(
      node,
      lowest,
      highest,
      read_scale(graph, node),
      read_zero_point(graph, node));
}

QuantParameters read_bipolar_parameters(const Graph& graph, const Node& node) {
  if (node.op_type != "BipolarQuant") {
    for (const std::int64_t zero : read_zero_point(graph, node).to_int64()) {
      OMPQ_CHECK(
          zero == 0,
          ErrorCode::Unsupported,
          "[canonicalize] node '{}' ({}): signed with 1 bit means -1 and 1; "
          "ompq runs it with zero point 0, got {}",
          node.name,
          node.op_type,
          zero);
    }
  }
  return on_grid(
      node, -1, 1, read_scale(graph, node), Constant::scalar<std::int64_t>(0));
}

bool is_bipolar(const Graph& graph, const Node& node) {
  return node.op_type == "BipolarQuant" ||
         (node.integer("signed", 1) != 0 && read_bits(graph, node) == 1);
}

DataType container_of(
    const QuantParameters& parameters, const Node& node, bool is_constant) {
  const auto zeros = parameters.zero_point.elements<std::int64_t>();
  const auto [low_zero, high_zero] = std::ranges::minmax(zeros);
  const std::int64_t low = std::min(parameters.lowest, low_zero);
  const std::int64_t high = std::max(parameters.highest, high_zero);
  for (const DataType type :
       {DataType::UInt8,
        DataType::Int8,
        DataType::UInt16,
        DataType::Int16,
        DataType::Int32}) {
    const bool is_signed = type != DataType::UInt8 && type != DataType::UInt16;
    const int bits = bits_per_element(type) - (is_signed ? 1 : 0);
    const std::int64_t limit = std::int64_t{1} << bits;
    const bool is_possible = is_constant || type != DataType::Int32;
    if (is_possible && low >= (is_signed ? -limit : 0) && high < limit) {
      return type;
    }
  }
  fail(
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' ({}): no integer type holds codes and zero "
      "points from {} to {}",
      node.name,
      node.op_type,
      low,
      high);
}

}  // namespace ompq::detail
