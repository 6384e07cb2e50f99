// SPDX-License-Identifier: MIT
// Operators on codes: their shapes are those of the operators on numbers.
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// Where inputs and the type of the result stand among scales and zero points.
struct Form {
  std::size_t left = 0;
  std::size_t right = 3;
  /// The zero point of the result.
  std::size_t zero_point = 7;
};

ShapeRule rule_of(ShapeRules rules, std::string_view op_type) {
  return rules.at(op_type);
}

/// The rule of an operator of two inputs, on codes.
std::vector<ValueFacts> with_two(
    const NodeFacts& facts, ShapeRule rule, const Form& form) {
  auto outputs = rule(NodeFacts(
      facts.node(), {&facts.input(form.left), &facts.input(form.right)}));
  outputs.front().type = facts.has(form.zero_point)
                             ? facts.type(form.zero_point)
                             : DataType::Float32;
  return outputs;
}

std::vector<ValueFacts> qlinear_conv(const NodeFacts& facts) {
  static const ShapeRule rule = rule_of(window_shape_rules(), "Conv");
  return with_two(facts, rule, {});
}

std::vector<ValueFacts> qlinear_matmul(const NodeFacts& facts) {
  static const ShapeRule rule = rule_of(matrix_shape_rules(), "MatMul");
  return with_two(facts, rule, {});
}

std::vector<ValueFacts> qgemm(const NodeFacts& facts) {
  static const ShapeRule rule = rule_of(matrix_shape_rules(), "Gemm");
  return with_two(facts, rule, {.zero_point = 8});
}

/// Its scales and zero points come last, its result is float.
std::vector<ValueFacts> matmul_integer_to_float(const NodeFacts& facts) {
  static const ShapeRule rule = rule_of(matrix_shape_rules(), "MatMul");
  return with_two(facts, rule, {.right = 1});
}

std::vector<ValueFacts> qlinear_elementwise(const NodeFacts& facts) {
  static const ShapeRule rule = rule_of(elementwise_shape_rules(), "Add");
  return with_two(facts, rule, {});
}

std::vector<ValueFacts> qlinear_global_average_pool(const NodeFacts& facts) {
  static const ShapeRule rule =
      rule_of(window_shape_rules(), "GlobalAveragePool");
  return rule(facts);
}

}  // namespace

ShapeRules integer_shape_rules() {
  return {
      {"QLinearConv", qlinear_conv},
      {"QLinearMatMul", qlinear_matmul},
      {"com.microsoft.MatMulIntegerToFloat", matmul_integer_to_float},
      {"com.microsoft.QGemm", qgemm},
      {"com.microsoft.QLinearAdd", qlinear_elementwise},
      {"com.microsoft.QLinearGlobalAveragePool", qlinear_global_average_pool},
      {"com.microsoft.QLinearMul", qlinear_elementwise}};
}

}  // namespace ompq
