// SPDX-License-Identifier: MIT
#include "ompq/export/integer_fusion.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace ompq::detail {
namespace {

/// How a node must stand between quantizers.
struct FusionRule {
  std::string_view kernel;
  /// Operator if the result stays float; empty if it may not.
  std::string_view float_kernel = "";
  /// The first input is data, the second a weight, the third a bias.
  bool is_layer = false;
  /// Codes go through unchanged: input and result need the same grid, and
  /// further inputs are no numbers.
  bool keeps_codes = false;
};

const FusionRule* find_rule(std::string_view op_type) {
  static const std::map<std::string_view, FusionRule> rules{
      {"Conv", {.kernel = "QLinearConv", .is_layer = true}},
      {"Gemm", {.kernel = "QGemm", .float_kernel = "QGemm", .is_layer = true}},
      {"MatMul",
       {.kernel = "QLinearMatMul",
        .float_kernel = "MatMulIntegerToFloat",
        .is_layer = true}},
      {"Add", {.kernel = "QLinearAdd"}},
      {"Mul", {.kernel = "QLinearMul"}},
      {"Concat", {.kernel = "QLinearConcat"}},
      {"AveragePool", {.kernel = "QLinearAveragePool"}},
      {"GlobalAveragePool", {.kernel = "QLinearGlobalAveragePool"}},
      {"LeakyRelu", {.kernel = "QLinearLeakyRelu"}},
      {"Sigmoid", {.kernel = "QLinearSigmoid"}},
      {"Softmax", {.kernel = "QLinearSoftmax"}},
      {"Expand", {.kernel = "Expand", .keeps_codes = true}},
      {"Flatten", {.kernel = "Flatten", .keeps_codes = true}},
      {"Gather", {.kernel = "Gather", .keeps_codes = true}},
      {"GatherElements", {.kernel = "GatherElements", .keeps_codes = true}},
      {"MaxPool", {.kernel = "MaxPool", .keeps_codes = true}},
      {"ReduceMax", {.kernel = "ReduceMax", .keeps_codes = true}},
      {"ReduceMin", {.kernel = "ReduceMin", .keeps_codes = true}},
      {"Reshape", {.kernel = "Reshape", .keeps_codes = true}},
      {"Resize", {.kernel = "Resize", .keeps_codes = true}},
      {"Slice", {.kernel = "Slice", .keeps_codes = true}},
      {"Split", {.kernel = "Split", .keeps_codes = true}},
      {"Squeeze", {.kernel = "Squeeze", .keeps_codes = true}},
      {"Tile", {.kernel = "Tile", .keeps_codes = true}},
      {"Transpose", {.kernel = "Transpose", .keeps_codes = true}},
      {"Unsqueeze", {.kernel = "Unsqueeze", .keeps_codes = true}}};
  const auto found = rules.find(op_type);
  return found == rules.end() ? nullptr : &found->second;
}

/// Looks at one node and what stands around it.
class Surroundings {
 public:
  Surroundings(const Graph& graph, const Node& node, const FusionRule& rule)
      : graph_(graph), node_(node), rule_(rule) {}

  [[nodiscard]] IntegerFusion fuse() {
    // The bias last: a float result is the better reason.
    const std::size_t first_inputs = rule_.keeps_codes ? 1
                                     : rule_.is_layer  ? 2
                                                       : node_.inputs.size();
    const std::size_t all_inputs =
        rule_.keeps_codes ? first_inputs : node_.inputs.size();
    std::string obstacle = look_at_inputs(0, first_inputs);
    if (obstacle.empty()) {
      obstacle = look_at_results();
    }
    if (obstacle.empty()) {
      obstacle = look_at_inputs(first_inputs, all_inputs);
    }
    if (!obstacle.empty()) {
      return {.kernel = "", .obstacle = std::move(obstacle), .merged = {}};
    }
    const bool is_float = quantizers_.empty();
    IntegerFusion fusion{
        .kernel = std::string(is_float ? rule_.float_kernel : rule_.kernel),
        .obstacle = "",
        .merged = {}};
    for (const auto* nodes : {&dequantizers_, &quantizers_}) {
      for (const Node* node : *nodes) {
        fusion.merged.push_back(node->id);
      }
    }
    return fusion;
  }

 private:
  [[nodiscard]] std::string look_at_inputs(std::size_t first, std::size_t end) {
    for (std::size_t i = first; i < end; ++i) {
      if (!node_.input(i)) {
        continue;
      }
      const Value& value = graph_.value(*node_.input(i));
      const Node* source =
          value.producer ? &graph_.node(*value.producer) : nullptr;
      if (is_rounded_bias(value, i)) {
        continue;
      }
      if (source == nullptr || source->op_type != "DequantizeLinear") {
        return fmt::format("'{}' is not quantized", value.name);
      }
      std::string obstacle = look_at_codes(*source, i);
      if (!obstacle.empty()) {
        return obstacle;
      }
      dequantizers_.push_back(source);
    }
    return "";
  }

  /// True for a float bias that ONNX Runtime rounds itself.
  [[nodiscard]] bool is_rounded_bias(
      const Value& value, std::size_t index) const {
    const Value& result = graph_.value(*node_.output(0));
    return rule_.is_layer && index == 2 && value.constant &&
           value.constant->shape().size() == 1 &&
           result.consumers.size() == 1 &&
           graph_.node(result.consumers.front()).op_type == "QuantizeLinear";
  }

  [[nodiscard]] std::string look_at_codes(
      const Node& dequantizer, std::size_t index) const {
    const Value& codes = graph_.value(*dequantizer.input(0));
    const bool is_bias = rule_.is_layer && index == 2;
    const bool is_weight = rule_.is_layer && index == 1;
    const bool has_kernel =
        is_bias ? codes.type == DataType::Int32
                : codes.type == DataType::UInt8 ||
                      (is_weight && codes.type == DataType::Int8);
    if (!has_kernel) {
      return fmt::format(
          "there is no kernel for '{}' in {}",
          codes.name,
          to_string(codes.type));
    }
    return is_weight && dequantizer.integer("block_size", 0) != 0
               ? "its scales belong to groups"
               : "";
  }

  [[nodiscard]] std::string look_at_results() {
    for (const auto& output : node_.outputs) {
      if (!output) {
        continue;
      }
      const Value& result = graph_.value(*output);
      const Node* reader = result.consumers.size() == 1
                               ? &graph_.node(result.consumers.front())
                               : nullptr;
      const bool is_quantized = reader != nullptr &&
                                reader->op_type == "QuantizeLinear" &&
                                !graph_.is_output(result.id);
      if (!is_quantized) {
        return can_stay_float(result) ? "" : "its result is not quantized";
      }
      if (graph_.value(*reader->output(0)).type != DataType::UInt8) {
        return "its result is not quantized to uint8";
      }
      if (rule_.keeps_codes && !is_same_grid(*dequantizers_.front(), *reader)) {
        return "its result is on another grid than its input";
      }
      quantizers_.push_back(reader);
    }
    return "";
  }

  /// Before a Relu or Clip on floats ONNX Runtime merges nothing, and MatMul
  /// with an Add behind it becomes a Gemm first.
  [[nodiscard]] bool can_stay_float(const Value& result) const {
    if (rule_.float_kernel.empty()) {
      return false;
    }
    if (graph_.is_output(result.id)) {
      return true;
    }
    return std::ranges::none_of(result.consumers, [&](NodeId id) {
      static const std::set<std::string_view> readers{
          "Clip", "QuantizeLinear", "Relu"};
      const std::string& op_type = graph_.node(id).op_type;
      return readers.contains(op_type) ||
             (op_type == "Add" && node_.op_type == "MatMul" &&
              result.consumers.size() == 1);
    });
  }

  [[nodiscard]] bool is_same_grid(const Node& a, const Node& b) const {
    for (const std::size_t index : {1U, 2U}) {
      const Constant* first = graph_.constant_input(a, index);
      const Constant* second = graph_.constant_input(b, index);
      if (first == nullptr || second == nullptr ||
          first->to_double() != second->to_double()) {
        return false;
      }
    }
    return true;
  }

  const Graph& graph_;
  const Node& node_;
  const FusionRule& rule_;
  std::vector<const Node*> dequantizers_;
  std::vector<const Node*> quantizers_;
};

}  // namespace

IntegerFusion find_integer_fusion(const Graph& graph, const Node& node) {
  const FusionRule* rule =
      node.domain.empty() ? find_rule(node.op_type) : nullptr;
  if (rule == nullptr) {
    return {
        .kernel = "",
        .obstacle = "ONNX Runtime has no integer kernel for it",
        .merged = {}};
  }
  return Surroundings(graph, node, *rule).fuse();
}

bool has_integer_sums(const Node& gemm) {
  return gemm.integer("transA", 0) == 0 && gemm.real("alpha", 1.0F) == 1.0F;
}

}  // namespace ompq::detail
