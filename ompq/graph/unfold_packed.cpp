// SPDX-License-Identifier: MIT
#include "ompq/graph/unfold_packed.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_numbers.h"
#include "ompq/graph/packed_weight.h"

namespace ompq::detail {
namespace {

constexpr int kByteBits = 8;

/// Weights that are not floats yet.
struct PackedWeights {
  Constant numbers;
  PackedNumbers zero_point;
  PackedNumbers scale;
};

/// Follows the constants of a packed file through its functions and Splits.
class Unfolding {
 public:
  explicit Unfolding(const Graph& graph) : graph_(graph), builder_(graph) {}

  [[nodiscard]] Graph run() && {
    for (const Node& node : graph_.nodes()) {
      if (node.domain == kPackedDomain) {
        call(node);
        builder_.remove_node(node.name);
      } else if (is_our_split(node)) {
        split(node);
        builder_.remove_node(node.name);
      }
    }
    materialize();
    return std::move(builder_).build();
  }

 private:
  /// The nodes have no names in a file, their results have.
  [[nodiscard]] std::string where(const Node& node) const {
    const auto output = node.output(0);
    return fmt::format(
        "'{}' ({})", output ? graph_.value(*output).name : "", node.op_type);
  }

  [[nodiscard]] const std::string& name_at(
      const Node& node, std::size_t index) const {
    static const std::string none;
    const auto id = node.input(index);
    return id ? graph_.value(*id).name : none;
  }

  [[nodiscard]] const Constant& constant_at(
      const Node& node, std::size_t index) const {
    const auto computed = constants_.find(name_at(node, index));
    const Constant* constant = computed != constants_.end()
                                   ? &computed->second
                                   : graph_.constant_input(node, index);
    OMPQ_CHECK(
        constant != nullptr,
        ErrorCode::Unsupported,
        "[packed] {}: input {} is not a constant of the file; packed weights "
        "cannot be computed",
        where(node),
        index);
    return *constant;
  }

  void check_inputs(const Node& node, std::size_t least) const {
    OMPQ_CHECK(
        node.inputs.size() >= least && node.output(0).has_value(),
        ErrorCode::InvalidModel,
        "[packed] {}: {} inputs are too few",
        where(node),
        node.inputs.size());
  }

  void call(const Node& node) {
    if (const auto bits = joined_bits(node.op_type)) {
      check_inputs(node, 1);
      join(node, *bits);
    } else if (const auto axis = grouped_axis(node.op_type)) {
      check_inputs(node, 3);
      group(node, *axis);
    } else if (node.op_type == kWeightsFunction) {
      check_inputs(node, 4);
      add_weights(node);
    } else {
      check_inputs(node, 3);
      add_codes(node);
    }
  }

  [[nodiscard]] const std::string& result_of(const Node& node) const {
    return graph_.value(*node.output(0)).name;
  }

  void join(const Node& node, int bits) {
    std::vector<Constant> planes;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      planes.push_back(constant_at(node, i));
    }
    const std::int64_t count = count_packed(planes.front(), bits, where(node));
    constants_.insert_or_assign(
        result_of(node),
        Constant::from(unpack_codes(planes, bits, count, where(node)), {count})
            .cast(bits > kByteBits ? DataType::UInt16 : DataType::UInt8));
  }

  void group(const Node& node, std::int64_t axis) {
    const std::vector<std::int64_t> size = constant_at(node, 2).to_int64();
    OMPQ_CHECK(
        size.size() == 1 && size[0] > 0,
        ErrorCode::InvalidModel,
        "[packed] {}: the size of its groups is not a positive number",
        where(node));
    groups_.insert_or_assign(
        result_of(node), PackedNumbers{constant_at(node, 0), size[0], axis});
  }

  [[nodiscard]] PackedNumbers numbers_at(
      const Node& node, std::size_t index) const {
    const auto found = groups_.find(name_at(node, index));
    return found != groups_.end() ? found->second
                                  : PackedNumbers{constant_at(node, index)};
  }

  /// The numbers of a call in the shape that it gives.
  [[nodiscard]] Constant shaped_numbers(const Node& node) const {
    const Constant& numbers = constant_at(node, 0);
    const Shape shape = constant_at(node, 1).to_int64();
    OMPQ_CHECK(
        element_count(shape) == numbers.size(),
        ErrorCode::InvalidModel,
        "[packed] {}: {} numbers for weights of shape {}. The file is damaged "
        "or was changed",
        where(node),
        numbers.size(),
        to_string(shape));
    return numbers.reshaped(shape);
  }

  void add_weights(const Node& node) {
    PackedWeights weights{
        shaped_numbers(node), numbers_at(node, 2), numbers_at(node, 3)};
    const Shape& shape = weights.numbers.shape();
    check_packed_numbers(where(node), shape, weights.scale, "scale");
    check_packed_numbers(where(node), shape, weights.zero_point, "zero point");
    OMPQ_CHECK(
        (weights.scale.block > 0) == (weights.zero_point.block > 0) ||
            weights.zero_point.numbers.size() == 1,
        ErrorCode::InvalidModel,
        "[packed] {}: scales and zero points have different groups",
        where(node));
    weights_.insert_or_assign(result_of(node), std::move(weights));
  }

  void add_codes(const Node& node) {
    const Constant numbers = shaped_numbers(node);
    const PackedNumbers shift{constant_at(node, 2)};
    check_packed_numbers(where(node), numbers.shape(), shift, "shift");
    const bool is_signed = node.op_type == kSignedCodesFunction;
    constants_.insert_or_assign(
        result_of(node),
        minus_shift(numbers, shift.numbers)
            .cast(is_signed ? DataType::Int8 : DataType::UInt8));
  }

  [[nodiscard]] bool is_our_split(const Node& node) const {
    const std::string& name = name_at(node, 0);
    return node.op_type == "Split" && node.domain.empty() &&
           node.integer("axis", 0) == 0 &&
           (constants_.contains(name) || weights_.contains(name));
  }

  void split(const Node& node) {
    const std::string& name = name_at(node, 0);
    const auto weights = weights_.find(name);
    const Constant& numbers = weights != weights_.end()
                                  ? weights->second.numbers
                                  : constants_.at(name);
    const std::int64_t rows = numbers.shape().front();
    const std::vector<std::int64_t> sizes = constant_at(node, 1).to_int64();
    check_parts(where(node), sizes, node.outputs.size(), rows);
    std::int64_t begin = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (const auto output = node.output(i)) {
        add_part(graph_.value(*output).name, name, begin, begin + sizes[i]);
      }
      begin += sizes[i];
    }
  }

  void add_part(
      const std::string& part,
      const std::string& whole,
      std::int64_t begin,
      std::int64_t end) {
    const auto found = weights_.find(whole);
    if (found == weights_.end()) {
      constants_.insert_or_assign(
          part, slice_rows(constants_.at(whole), begin, end));
      return;
    }
    const PackedWeights& weights = found->second;
    const std::int64_t rows = weights.numbers.shape().front();
    weights_.insert_or_assign(
        part,
        PackedWeights{
            slice_rows(weights.numbers, begin, end),
            slice_rows(weights.zero_point, rows, begin, end),
            slice_rows(weights.scale, rows, begin, end)});
  }

  /// Adds what the nodes that are left, and the outputs, read.
  void materialize() {
    std::map<std::string, bool> wanted;
    for (const GraphBuilder::NodeSpec& node : builder_.nodes()) {
      for (const std::string& input : node.inputs) {
        wanted[input] = true;
      }
    }
    for (const ValueId id : graph_.outputs()) {
      wanted[graph_.value(id).name] = true;
    }
    for (const auto& [name, constant] : constants_) {
      if (wanted.contains(name)) {
        builder_.add_constant(name, constant);
      }
    }
    for (const auto& [name, weights] : weights_) {
      if (wanted.contains(name)) {
        add_dequantizer(name, weights);
      }
    }
  }

  void add_dequantizer(const std::string& name, const PackedWeights& weights) {
    const PackedNumbers& scale = weights.scale;
    const PackedNumbers& zero = weights.zero_point;
    const Shape& shape = weights.numbers.shape();
    const auto axis =
        axis_of(scale.numbers) ? axis_of(scale.numbers) : axis_of(zero.numbers);
    const bool is_blocked = scale.block > 0 || zero.block > 0;
    const std::int64_t channels = axis && !is_blocked ? shape[*axis] : 0;
    const auto add = [&](const char* role, Constant constant) {
      std::string full = builder_.fresh_name(name + "/" + role);
      builder_.add_constant(full, std::move(constant));
      return full;
    };
    GraphBuilder::NodeSpec spec{
        .op_type = "DequantizeLinear",
        .inputs =
            {add("codes", weights.numbers),
             add("scale", in_dequantize_form(scale, channels)),
             add("zero_point",
                 in_dequantize_form(zero, channels)
                     .cast(weights.numbers.type()))},
        .outputs = {name}};
    if (scale.block > 0) {
      spec.attributes["axis"] = scale.axis;
      spec.attributes["block_size"] = scale.block;
    } else if (axis) {
      spec.attributes["axis"] = static_cast<std::int64_t>(*axis);
    }
    builder_.add_node(std::move(spec));
  }

  const Graph& graph_;
  GraphBuilder builder_;
  std::map<std::string, Constant> constants_;
  std::map<std::string, PackedNumbers> groups_;
  std::map<std::string, PackedWeights> weights_;
};

}  // namespace

Graph unfold_packed(const Graph& graph) {
  for (const Node& node : graph.nodes()) {
    if (node.domain == kPackedDomain) {
      return Unfolding(graph).run();
    }
  }
  return graph;
}

}  // namespace ompq::detail
