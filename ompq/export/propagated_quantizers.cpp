// SPDX-License-Identifier: MIT
#include "ompq/export/propagated_quantizers.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

bool lets_quantizers_through(const Node& node) {
  constexpr std::string_view kOperators[] = {
      "MaxPool", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"};
  return node.domain.empty() && node.outputs.size() == 1 && node.input(0) &&
         std::ranges::find(kOperators, node.op_type) != std::end(kOperators);
}

class Propagation {
 public:
  explicit Propagation(const Graph& graph) : graph_(graph), builder_(graph) {}

  [[nodiscard]] Graph run() && {
    bool is_changed = false;
    for (const Node& node : graph_.nodes()) {
      if (node.op_type == "DequantizeLinear" && has_one_scale(node)) {
        grids_.emplace(*node.output(0), &node);
      } else if (lets_quantizers_through(node)) {
        is_changed = move_behind(node) || is_changed;
      }
    }
    // The last ones first: a quantizer may pass several nodes.
    const auto nodes = graph_.nodes();
    for (std::size_t i = nodes.size(); i-- > 0;) {
      if (lets_quantizers_through(nodes[i])) {
        is_changed = move_before(nodes[i]) || is_changed;
      }
    }
    return is_changed ? std::move(builder_).build() : graph_;
  }

 private:
  [[nodiscard]] bool has_one_scale(const Node& node) const {
    const Constant* scale = graph_.constant_input(node, 1);
    const Constant* zero_point = graph_.constant_input(node, 2);
    return scale != nullptr && zero_point != nullptr && scale->size() == 1 &&
           !graph_.value(*node.input(0)).constant;
  }

  [[nodiscard]] const Node* only_quantizer(const Value& value) const {
    if (value.consumers.size() != 1 || graph_.is_output(value.id)) {
      return nullptr;
    }
    const Node& reader = graph_.node(value.consumers.front());
    return reader.op_type == "QuantizeLinear" && has_one_scale(reader)
               ? &reader
               : nullptr;
  }

  bool move_behind(const Node& node) {
    const auto grid = grids_.find(*node.input(0));
    if (grid == grids_.end()) {
      return false;
    }
    const Value& result = graph_.value(*node.output(0));
    grids_.emplace(result.id, grid->second);
    if (only_quantizer(result) != nullptr || graph_.is_output(result.id)) {
      return false;
    }
    insert(result, *grid->second);
    return true;
  }

  bool move_before(const Node& node) {
    const Value& data = graph_.value(*node.input(0));
    const Value& result = graph_.value(*node.output(0));
    const auto known = moved_.find(result.id);
    const Node* quantizer =
        known != moved_.end() ? known->second : only_quantizer(result);
    if (quantizer == nullptr || grids_.contains(data.id) ||
        data.consumers.size() != 1 || data.constant ||
        graph_.is_output(data.id)) {
      return false;
    }
    moved_.emplace(data.id, quantizer);
    insert(data, *quantizer);
    return true;
  }

  /// Puts QuantizeLinear and DequantizeLinear between a value and its readers.
  void insert(const Value& value, const Node& like) {
    const auto name_at = [&](std::size_t input) {
      return graph_.value(*like.input(input)).name;
    };
    const std::string codes = builder_.fresh_name(value.name + "/codes");
    builder_.set_type(codes, graph_.constant_input(like, 2)->type());
    builder_.set_shape(codes, value.shape);
    const std::string numbers = builder_.fresh_name(value.name + "/again");
    builder_.set_type(numbers, DataType::Float32);
    builder_.set_shape(numbers, value.shape);
    builder_.replace_uses(value.name, numbers);
    builder_.add_node(
        {.op_type = "QuantizeLinear",
         .inputs = {value.name, name_at(1), name_at(2)},
         .outputs = {codes}});
    builder_.add_node(
        {.op_type = "DequantizeLinear",
         .inputs = {codes, name_at(1), name_at(2)},
         .outputs = {numbers}});
  }

  const Graph& graph_;
  GraphBuilder builder_;
  /// The DequantizeLinear whose grid a value is on.
  std::map<ValueId, const Node*> grids_;
  /// The quantizer that stands in front of a value's only reader now.
  std::map<ValueId, const Node*> moved_;
};

}  // namespace

Graph with_propagated_quantizers(const Graph& graph) {
  return Propagation(graph).run();
}

}  // namespace ompq::detail
