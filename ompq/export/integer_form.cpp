// SPDX-License-Identifier: MIT
#include "ompq/export/integer_form.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "ompq/export/integer_fusion.h"
#include "ompq/export/propagated_quantizers.h"
#include "ompq/export/redundant_limits.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr std::string_view kRuntimeDomain = "com.microsoft";

/// An operator on codes.
struct IntegerOperator {
  std::string_view domain;
  /// The second input is a weight, the third a bias.
  bool is_layer = false;
};

const IntegerOperator* find_operator(std::string_view kernel) {
  static const std::map<std::string_view, IntegerOperator> operators{
      {"QLinearConv", {.domain = "", .is_layer = true}},
      {"QLinearMatMul", {.domain = "", .is_layer = true}},
      {"MatMulIntegerToFloat", {.domain = kRuntimeDomain, .is_layer = true}},
      {"QGemm", {.domain = kRuntimeDomain, .is_layer = true}},
      {"QLinearAdd", {.domain = kRuntimeDomain}},
      {"QLinearMul", {.domain = kRuntimeDomain}},
      {"QLinearGlobalAveragePool", {.domain = kRuntimeDomain}}};
  const auto found = operators.find(kernel);
  return found == operators.end() ? nullptr : &found->second;
}

/// Replaces nodes between quantizers, one at a time.
class IntegerForm {
 public:
  explicit IntegerForm(const Graph& graph) : graph_(graph), builder_(graph) {}

  [[nodiscard]] Graph run() && {
    for (const Node& node : graph_.nodes()) {
      const detail::IntegerFusion fusion =
          detail::find_integer_fusion(graph_, node);
      const IntegerOperator* replacement = find_operator(fusion.kernel);
      if (replacement != nullptr && has_known_grids(node, *replacement)) {
        replace(node, fusion.kernel, *replacement);
      }
    }
    return std::move(builder_).build();
  }

 private:
  /// The node that computes a value.
  [[nodiscard]] const Node& source_of(
      const Node& node, std::size_t input) const {
    return graph_.node(*graph_.value(*node.input(input)).producer);
  }

  /// The quantizer of a result; nullptr for a float result.
  [[nodiscard]] const Node* quantizer_of(const Node& node) const {
    const Value& result = graph_.value(*node.output(0));
    if (result.consumers.size() != 1) {
      return nullptr;
    }
    const Node& reader = graph_.node(result.consumers.front());
    return reader.op_type == "QuantizeLinear" ? &reader : nullptr;
  }

  [[nodiscard]] bool has_one_scale(const Node& conversion) const {
    const Constant* scale = graph_.constant_input(conversion, 1);
    const Constant* zero_point = graph_.constant_input(conversion, 2);
    return scale != nullptr && zero_point != nullptr && scale->size() == 1 &&
           scale->type() == DataType::Float32;
  }

  /// Scales and zero points that the kernels take: constant, one for each
  /// activation, one or one for each output channel of a weight.
  [[nodiscard]] bool has_known_grids(
      const Node& node, const IntegerOperator& replacement) const {
    const Node* quantizer = quantizer_of(node);
    bool is_known = quantizer == nullptr || has_one_scale(*quantizer);
    const std::size_t inputs = replacement.is_layer ? 1 : node.inputs.size();
    for (std::size_t i = 0; i < inputs; ++i) {
      is_known = is_known && has_one_scale(source_of(node, i));
    }
    return is_known && (!replacement.is_layer || has_known_weight(node));
  }

  [[nodiscard]] bool has_known_weight(const Node& node) const {
    // The sums of the kernels are integers, those of a scaled Gemm are not.
    if (node.op_type == "Gemm" &&
        (!detail::has_integer_sums(node) || node.real("beta", 1.0F) != 1.0F)) {
      return false;
    }
    const Node& dequantizer = source_of(node, 1);
    const Constant* codes = graph_.constant_input(dequantizer, 0);
    const Constant* scale = graph_.constant_input(dequantizer, 1);
    if (codes == nullptr || scale == nullptr ||
        scale->type() != DataType::Float32 ||
        graph_.constant_input(dequantizer, 2) == nullptr) {
      return false;
    }
    const bool is_first =
        node.op_type == "Conv" || node.integer("transB", 0) != 0;
    const auto rank = static_cast<std::int64_t>(codes->shape().size());
    const std::int64_t given = dequantizer.integer("axis", 1);
    const std::int64_t axis = given < 0 ? given + rank : given;
    return scale->size() == 1 || axis == (is_first ? 0 : rank - 1);
  }

  void replace(
      const Node& node,
      const std::string& kernel,
      const IntegerOperator& replacement) {
    const Node* quantizer = quantizer_of(node);
    NodeSpec spec{
        .name = node.name,
        .domain = std::string(replacement.domain),
        .op_type = kernel,
        .inputs = inputs_of(node, kernel, replacement),
        .outputs =
            {graph_.value(*(quantizer == nullptr ? node : *quantizer).output(0))
                 .name},
        .attributes = node.attributes};
    builder_.replace_node(node.name, {std::move(spec)});
    if (quantizer != nullptr) {
      builder_.remove_node(quantizer->name);
    }
  }

  /// In the order of the operator: codes, scale and zero point of each input,
  /// scale and zero point of the result, the bias.
  [[nodiscard]] std::vector<std::string> inputs_of(
      const Node& node,
      const std::string& kernel,
      const IntegerOperator& replacement) {
    std::vector<std::string> inputs;
    if (kernel == "MatMulIntegerToFloat") {
      for (const std::size_t index : {0U, 1U, 2U}) {
        inputs.push_back(name_of(source_of(node, 0), index));
        inputs.push_back(name_of(source_of(node, 1), index));
      }
      return inputs;
    }
    const std::size_t count = replacement.is_layer ? 2 : node.inputs.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (const std::size_t index : {0U, 1U, 2U}) {
        inputs.push_back(name_of(source_of(node, i), index));
      }
    }
    std::string bias = replacement.is_layer ? bias_of(node) : "";
    if (kernel == "QGemm") {
      inputs.push_back(std::exchange(bias, ""));
    }
    if (const Node* quantizer = quantizer_of(node)) {
      inputs.push_back(name_of(*quantizer, 1));
      inputs.push_back(name_of(*quantizer, 2));
    }
    if (!bias.empty()) {
      inputs.push_back(std::move(bias));
    }
    return inputs;
  }

  [[nodiscard]] std::string name_of(const Node& node, std::size_t input) const {
    return graph_.value(*node.input(input)).name;
  }

  /// Name of the bias in integers; empty if there is none.
  [[nodiscard]] std::string bias_of(const Node& node) {
    if (!node.input(2)) {
      return "";
    }
    const Value& value = graph_.value(*node.input(2));
    if (!value.constant) {
      return name_of(source_of(node, 2), 0);
    }
    const float input =
        graph_.constant_input(source_of(node, 0), 1)->elements<float>().front();
    const auto scales =
        graph_.constant_input(source_of(node, 1), 1)->elements<float>();
    std::vector<std::int32_t> codes;
    for (const float bias : value.constant->elements<float>()) {
      const float scale = scales[scales.size() == 1 ? 0 : codes.size()];
      const auto steps =
          static_cast<double>(std::nearbyint(bias / (input * scale)));
      codes.push_back(static_cast<std::int32_t>(std::clamp(
          steps,
          static_cast<double>(std::numeric_limits<std::int32_t>::min()),
          static_cast<double>(std::numeric_limits<std::int32_t>::max()))));
    }
    return builder_.add_fresh_constant(
        value.name + "/codes", Constant::from(codes, value.constant->shape()));
  }

  const Graph& graph_;
  GraphBuilder builder_;
};

}  // namespace

Graph to_integer_form(const Graph& graph) {
  const Graph moved = detail::with_propagated_quantizers(
      detail::without_redundant_limits(graph));
  return IntegerForm(moved).run();
}

}  // namespace ompq
