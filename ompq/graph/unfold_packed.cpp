// SPDX-License-Identifier: MIT
#include "ompq/graph/unfold_packed.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/core/units.h"
#include "ompq/graph/constant_folding.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/packed_functions.h"
#include "ompq/graph/packed_numbers.h"
#include "ompq/graph/packed_weight.h"
#include "ompq/graph/unfolded_weights.h"

namespace ompq::detail {
namespace {

DataType cast_type(const Node& node) {
  return static_cast<DataType>(node.integer("to", 0));
}

bool is_cast_of_numbers(const Node& node) {
  constexpr DataType kTypes[] = {
      DataType::Float32, DataType::Int32, DataType::Int8, DataType::UInt8};
  return std::ranges::find(kTypes, cast_type(node)) != std::end(kTypes);
}

/// Follows the constants of a packed file through its functions and what
/// reshapes, cuts and scales their results.
class Unfolding {
 public:
  explicit Unfolding(const Graph& graph)
      : graph_(graph), folding_(graph), builder_(graph) {}

  [[nodiscard]] Graph run() && {
    for (const Node& node : graph_.nodes()) {
      if (take(node)) {
        builder_.remove_node(node.name);
      }
    }
    materialize();
    return std::move(builder_).build();
  }

 private:
  /// False for nodes that stay.
  bool take(const Node& node) {
    if (node.domain == kPackedDomain) {
      call(node);
      return true;
    }
    const std::string& name = name_at(node, 0);
    const auto weights = weights_.find(name);
    const bool is_weight = weights != weights_.end();
    const bool is_ours = is_weight || constants_.contains(name);
    if (!is_ours || !node.domain.empty() || !node.output(0)) {
      return false;
    }
    const std::string& op = node.op_type;
    if (op == "Split" && node.integer("axis", 0) == 0) {
      split(node);
    } else if (op == "Reshape" && !is_weight) {
      reshape(node, constants_.at(name));
    } else if (op == "Cast" && !is_weight && is_cast_of_numbers(node)) {
      cast(node, constants_.at(name));
    } else if (op == "Sub") {
      subtract(node);
    } else if (op == "Mul" && is_weight && !weights->second.scale) {
      scale(node, weights->second);
    } else {
      return false;
    }
    return true;
  }

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
      const Node& node, std::size_t index) {
    const auto known = constants_.find(name_at(node, index));
    const Constant* constant = nullptr;
    if (known != constants_.end()) {
      constant = &known->second;
    } else if (const auto id = node.input(index)) {
      const auto& computed = folding_.constant_of(*id);
      constant = computed ? &*computed : nullptr;
    }
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
    const Constant numbers =
        Constant::from(unpack_codes(planes, bits, count, where(node)), {count});
    constants_.insert_or_assign(
        result_of(node),
        numbers.cast(bits > kBitsPerByte ? DataType::UInt16 : DataType::UInt8));
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

  [[nodiscard]] PackedNumbers numbers_at(const Node& node, std::size_t index) {
    const auto found = groups_.find(name_at(node, index));
    return found != groups_.end() ? found->second
                                  : PackedNumbers{constant_at(node, index)};
  }

  void reshape(const Node& node, const Constant& numbers) {
    const Shape shape = constant_at(node, 1).to_int64();
    const bool is_shape =
        std::ranges::none_of(shape, [](std::int64_t size) { return size < 0; });
    OMPQ_CHECK(
        is_shape && !shape.empty() && element_count(shape) == numbers.size(),
        ErrorCode::InvalidModel,
        "[packed] {}: {} numbers for weights of shape {}. The file is damaged "
        "or was changed",
        where(node),
        numbers.size(),
        to_string(shape));
    constants_.insert_or_assign(result_of(node), numbers.reshaped(shape));
  }

  void cast(const Node& node, const Constant& numbers) {
    if (cast_type(node) != DataType::Float32) {
      constants_.insert_or_assign(
          result_of(node), numbers.cast(cast_type(node)));
      return;
    }
    weights_.insert_or_assign(
        result_of(node),
        UnfoldedWeights{
            numbers, {Constant::scalar<std::uint8_t>(0)}, std::nullopt});
  }

  void subtract(const Node& node) {
    check_inputs(node, 2);
    const auto weights = weights_.find(name_at(node, 0));
    if (weights == weights_.end()) {
      const Constant& numbers = constants_.at(name_at(node, 0));
      const Constant& shift = constant_at(node, 1);
      check_packed_numbers(where(node), numbers.shape(), {shift}, "shift");
      constants_.insert_or_assign(
          result_of(node), minus_shift(numbers, shift, numbers.type()));
      return;
    }
    UnfoldedWeights result = weights->second;
    result.zero_point = numbers_at(node, 1);
    check_weights(where(node), result);
    weights_.insert_or_assign(result_of(node), std::move(result));
  }

  void scale(const Node& node, UnfoldedWeights weights) {
    weights.scale = numbers_at(node, 1);
    check_weights(where(node), weights);
    weights_.insert_or_assign(result_of(node), std::move(weights));
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
    } else {
      weights_.insert_or_assign(part, slice_rows(found->second, begin, end));
    }
  }

  /// Adds what the nodes that are left, and the outputs, read.
  void materialize() {
    std::set<std::string> wanted;
    for (const GraphBuilder::NodeSpec& node : builder_.nodes()) {
      wanted.insert(node.inputs.begin(), node.inputs.end());
    }
    for (const ValueId id : graph_.outputs()) {
      wanted.insert(graph_.value(id).name);
    }
    for (const auto& [name, constant] : constants_) {
      if (wanted.contains(name)) {
        builder_.add_constant(name, constant);
      }
    }
    for (const auto& [name, weights] : weights_) {
      if (wanted.contains(name)) {
        add_dequantizer(name, weights, builder_);
      }
    }
  }

  const Graph& graph_;
  ConstantFolding folding_;
  GraphBuilder builder_;
  std::map<std::string, Constant> constants_;
  std::map<std::string, PackedNumbers> groups_;
  std::map<std::string, UnfoldedWeights> weights_;
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
