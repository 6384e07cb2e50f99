// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_weight.h"

namespace ompq::detail {
namespace {

constexpr int kByteBits = 8;

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

/// The codes behind the planes and the shape that a function's inputs begin
/// with.
///
/// @param planes  number of inputs that are planes; the shape follows
Constant codes_at(
    const Graph& graph, const Node& node, int bits, std::size_t planes) {
  std::vector<Constant> parts;
  for (std::size_t i = 0; i < planes; ++i) {
    parts.push_back(constant_at(graph, node, i));
  }
  const Shape shape = constant_at(graph, node, planes).to_int64();
  const std::vector<std::uint32_t> codes =
      unpack_codes(parts, bits, element_count(shape), name_of(graph, node));
  return Constant::from(codes, shape)
      .cast(bits > kByteBits ? DataType::UInt16 : DataType::UInt8);
}

void check_inputs(const Graph& graph, const Node& node, std::size_t least) {
  OMPQ_CHECK(
      node.inputs.size() >= least && node.output(0).has_value(),
      ErrorCode::InvalidModel,
      "[packed] {}: {} inputs are too few",
      name_of(graph, node),
      node.inputs.size());
}

/// What a function computes, in place of its call.
void replace_by_constant(
    Canonicalization& work, const Node& node, Constant constant) {
  const std::string name =
      work.add_constant(node, "constant", std::move(constant));
  work.builder().replace_uses(work.graph().value(*node.output(0)).name, name);
  work.builder().remove_node(node.name);
}

}  // namespace

void rewrite_codes(Canonicalization& work, const Node& node) {
  const Graph& graph = work.graph();
  check_inputs(graph, node, 4);
  const std::size_t planes = node.inputs.size() - 3;
  const Constant joined =
      codes_at(graph, node, *coded_bits(node.op_type), planes);
  const GroupNumbers zero{constant_at(graph, node, planes + 1)};
  check_numbers(graph, node, joined.shape(), zero, "zero point");
  const Constant& base = constant_at(graph, node, planes + 2);
  OMPQ_CHECK(
      base.size() == 1 &&
          (base.type() == DataType::Int8 || base.type() == DataType::UInt8),
      ErrorCode::InvalidModel,
      "[packed] {}: its base is {} {}, not a number of one byte",
      name_of(graph, node),
      to_string(base.type()),
      to_string(base.shape()));
  const auto axis = axis_of(zero.numbers);
  std::int64_t stride = 1;
  for (std::size_t i = axis.value_or(0) + 1; i < joined.shape().size(); ++i) {
    stride *= joined.shape()[i];
  }
  const std::vector<std::int64_t> zeros = zero.numbers.to_int64();
  const auto channels = static_cast<std::int64_t>(zeros.size());
  const std::int64_t number = base.to_int64().front();
  std::vector<std::int64_t> codes = joined.to_int64();
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(i) / stride % channels;
    codes[i] += number - zeros[static_cast<std::size_t>(channel)];
  }
  replace_by_constant(
      work, node, Constant::from(codes, joined.shape()).cast(base.type()));
}

void rewrite_repeat(Canonicalization& work, const Node& node) {
  const Graph& graph = work.graph();
  check_inputs(graph, node, 2);
  const Constant& number = constant_at(graph, node, 0);
  const Constant& like = constant_at(graph, node, 1);
  OMPQ_CHECK(
      number.size() == 1,
      ErrorCode::InvalidModel,
      "[packed] {}: {} numbers instead of one",
      name_of(graph, node),
      number.size());
  const std::vector<std::int64_t> numbers(
      static_cast<std::size_t>(like.size()), number.to_int64().front());
  replace_by_constant(
      work, node, Constant::from(numbers, like.shape()).cast(number.type()));
}

void rewrite_unpack(Canonicalization& work, const Node& node) {
  const Graph& graph = work.graph();
  const int bits = *unpacked_bits(node.op_type);
  check_inputs(graph, node, kAfterPlanes + 1);
  const std::size_t first = node.inputs.size() - kAfterPlanes;
  const Constant codes = codes_at(graph, node, bits, first + kShape);
  const Shape& shape = codes.shape();
  const GroupNumbers scale = numbers_at(graph, node, first + kScale);
  const GroupNumbers zero = numbers_at(graph, node, first + kZeroPoint);
  check_numbers(graph, node, shape, scale, "scale");
  check_numbers(graph, node, shape, zero, "zero point");
  OMPQ_CHECK(
      (scale.size > 0) == (zero.size > 0) || zero.numbers.size() == 1,
      ErrorCode::InvalidModel,
      "[packed] {}: scales and zero points have different groups",
      name_of(graph, node));
  const auto axis =
      axis_of(scale.numbers) ? axis_of(scale.numbers) : axis_of(zero.numbers);
  const std::int64_t channels =
      axis && scale.size == 0 && zero.size == 0 ? shape[*axis] : 0;

  GraphBuilder::NodeSpec spec{
      .name = node.name,
      .domain = {},
      .op_type = "DequantizeLinear",
      .inputs =
          {work.add_constant(node, "codes", codes),
           work.add_constant(
               node, "scale", in_dequantize_form(scale, channels)),
           work.add_constant(
               node,
               "zero_point",
               in_dequantize_form(zero, channels).cast(codes.type()))},
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
