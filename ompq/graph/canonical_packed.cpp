// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_weight.h"

namespace ompq::detail {
namespace {

/// Inputs of an unpack function behind its planes.
constexpr std::size_t kShape = 0;
constexpr std::size_t kZeroPoint = 1;
constexpr std::size_t kScale = 2;
constexpr std::size_t kAfterPlanes = 3;

/// The nodes have no names in a file, their results have.
std::string name_of(const Graph& graph, const Node& node) {
  const auto output = node.output(0);
  return fmt::format(
      "'{}' ({})", output ? graph.value(*output).name : "", node.op_type);
}

const Constant& constant_at(
    const Graph& graph, const Node& node, std::size_t index) {
  const Constant* constant = graph.constant_input(node, index);
  OMPQ_CHECK(
      constant != nullptr,
      ErrorCode::Unsupported,
      "[packed] {}: input {} is not a constant of the file; packed weights "
      "cannot be computed",
      name_of(graph, node),
      index);
  return *constant;
}

/// Numbers of the groups of a weight, with the blocks that they are for.
struct GroupNumbers {
  Constant numbers;
  /// Elements along `axis` that share a number; 0 = no groups.
  std::int64_t size = 0;
  std::int64_t axis = 0;
};

/// The constant behind an input, or behind the groups function that repeats it.
GroupNumbers numbers_at(
    const Graph& graph, const Node& node, std::size_t index) {
  const auto input = node.input(index);
  const Value* value = input ? &graph.value(*input) : nullptr;
  if (value != nullptr && value->producer.has_value()) {
    const Node& groups = graph.node(*value->producer);
    const auto axis = grouped_axis(groups.op_type);
    if (groups.domain == kPackedDomain && axis.has_value()) {
      const std::vector<std::int64_t> size =
          constant_at(graph, groups, 2).to_int64();
      OMPQ_CHECK(
          size.size() == 1 && size[0] > 0,
          ErrorCode::InvalidModel,
          "[packed] {}: the size of its groups is not a positive number",
          name_of(graph, groups));
      return {constant_at(graph, groups, 0), size[0], *axis};
    }
  }
  return {constant_at(graph, node, index)};
}

void check_numbers(
    const Graph& graph,
    const Node& node,
    const Shape& shape,
    const GroupNumbers& given,
    const char* role) {
  const Shape& numbers = given.numbers.shape();
  bool fits = given.numbers.size() == 1 || numbers.size() == shape.size();
  for (std::size_t axis = 0; fits && axis < numbers.size(); ++axis) {
    const bool is_grouped =
        given.size > 0 && axis == static_cast<std::size_t>(given.axis);
    const std::int64_t whole = given.numbers.size() == 1 ? 1 : shape[axis];
    const std::int64_t expected =
        is_grouped ? (whole + given.size - 1) / given.size : whole;
    fits = numbers[axis] == 1 || numbers[axis] == expected;
  }
  OMPQ_CHECK(
      fits,
      ErrorCode::InvalidModel,
      "[packed] {}: its {} {} does not fit weights {}. The file is damaged or "
      "was changed",
      name_of(graph, node),
      role,
      to_string(numbers),
      to_string(shape));
}

/// The axis along which the numbers differ; absent for one number.
std::optional<std::size_t> axis_of(const Constant& numbers) {
  const Shape& shape = numbers.shape();
  const auto found = std::find_if(
      shape.begin(), shape.end(), [](std::int64_t size) { return size != 1; });
  return found == shape.end()
             ? std::nullopt
             : std::optional<std::size_t>(found - shape.begin());
}

/// Scale or zero point as DequantizeLinear reads them: the blocks as they are,
/// one number, or one for each of the channels.
Constant in_dequantize_form(const GroupNumbers& given, std::int64_t channels) {
  const Constant& numbers = given.numbers;
  if (given.size > 0 && numbers.size() > 1) {
    return numbers;
  }
  if (channels == 0 || numbers.size() == channels) {
    return numbers.reshaped(channels == 0 ? Shape{} : Shape{channels});
  }
  const std::vector<double> same(
      static_cast<std::size_t>(channels), numbers.to_double().front());
  return Constant::from(same, {channels}).cast(numbers.type());
}

}  // namespace

void rewrite_unpack(Canonicalization& work, const Node& node) {
  const Graph& graph = work.graph();
  const int bits = *unpacked_bits(node.op_type);
  OMPQ_CHECK(
      node.inputs.size() > kAfterPlanes && node.output(0).has_value(),
      ErrorCode::InvalidModel,
      "[packed] {}: {} inputs are too few",
      name_of(graph, node),
      node.inputs.size());
  const std::size_t first = node.inputs.size() - kAfterPlanes;
  std::vector<Constant> planes;
  for (std::size_t i = 0; i < first; ++i) {
    planes.push_back(constant_at(graph, node, i));
  }
  const Shape shape = constant_at(graph, node, first + kShape).to_int64();
  const std::int64_t count = element_count(shape);
  const GroupNumbers scale = numbers_at(graph, node, first + kScale);
  const GroupNumbers zero = numbers_at(graph, node, first + kZeroPoint);
  check_numbers(graph, node, shape, scale, "scale");
  check_numbers(graph, node, shape, zero, "zero point");
  OMPQ_CHECK(
      (scale.size > 0) == (zero.size > 0) || zero.numbers.size() == 1,
      ErrorCode::InvalidModel,
      "[packed] {}: scales and zero points have different groups",
      name_of(graph, node));
  const DataType container = bits > 8 ? DataType::UInt16 : DataType::UInt8;
  const std::vector<std::uint32_t> codes =
      unpack_codes(planes, bits, count, name_of(graph, node));
  const std::vector<std::int64_t> wide(codes.begin(), codes.end());
  const auto axis =
      axis_of(scale.numbers) ? axis_of(scale.numbers) : axis_of(zero.numbers);
  const std::int64_t channels =
      axis && scale.size == 0 && zero.size == 0 ? shape[*axis] : 0;

  GraphBuilder::NodeSpec spec{
      .name = node.name,
      .domain = {},
      .op_type = "DequantizeLinear",
      .inputs =
          {work.add_constant(
               node, "codes", Constant::from(wide, shape).cast(container)),
           work.add_constant(
               node, "scale", in_dequantize_form(scale, channels)),
           work.add_constant(
               node,
               "zero_point",
               in_dequantize_form(zero, channels).cast(container))},
      .outputs = work.spec(node).outputs,
      .attributes = {}};
  if (scale.size > 0) {
    spec.attributes["axis"] = scale.axis;
    spec.attributes["block_size"] = scale.size;
  } else if (axis) {
    spec.attributes["axis"] = static_cast<std::int64_t>(*axis);
  }
  work.builder().replace_node(node.name, {std::move(spec)});
}

}  // namespace ompq::detail
