// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "ompq/graph/shape_arithmetic.h"
#include "ompq/graph/shape_rules.h"

namespace ompq {
namespace {

/// Functions of one number: type and shape are those of the input.
constexpr const char* kSameShape[] = {
    "Abs",         "Acos",       "Acosh",
    "Asin",        "Asinh",      "Atan",
    "Atanh",       "BitwiseNot", "Ceil",
    "Celu",        "Clip",       "Cos",
    "Cosh",        "Elu",        "Erf",
    "Exp",         "Floor",      "Gelu",
    "HardSigmoid", "HardSwish",  "Identity",
    "LeakyRelu",   "Log",        "Mish",
    "Neg",         "Not",        "Reciprocal",
    "Relu",        "Round",      "Selu",
    "Sigmoid",     "Sign",       "Shrink",
    "Sin",         "Sinh",       "Softplus",
    "Softsign",    "Sqrt",       "Swish",
    "Tan",         "Tanh",       "ThresholdedRelu"};

/// Operations on two or more numbers of one type.
constexpr const char* kArithmetic[] = {
    "Add",
    "And",
    "BitShift",
    "BitwiseAnd",
    "BitwiseOr",
    "BitwiseXor",
    "Div",
    "Max",
    "Mean",
    "Min",
    "Mod",
    "Mul",
    "Or",
    "Sub",
    "Sum",
    "Xor"};

/// Output of input 0's shape and a mask of the same shape.
std::vector<ValueFacts> dropout(const NodeFacts& facts) {
  return {
      {facts.type(0), facts.shape(0), {}},
      {DataType::Bool, facts.shape(0), {}}};
}

std::vector<ValueFacts> along_axis(const NodeFacts& facts) {
  static_cast<void>(
      facts.axis(facts.node().integer("axis", -1), facts.rank(0)));
  return keep_type_and_shape(facts);
}

void require_equal_types(const NodeFacts& facts) {
  for (std::size_t index = 1; index < facts.count(); ++index) {
    if (facts.type(index) != facts.type(0)) {
      facts.invalid(fmt::format(
          "inputs of different types: {} and {}",
          to_string(facts.type(0)),
          to_string(facts.type(index))));
    }
  }
}

std::vector<ValueFacts> arithmetic(const NodeFacts& facts) {
  require_equal_types(facts);
  return {{facts.type(0), broadcast_inputs(facts), {}}};
}

std::vector<ValueFacts> comparison(const NodeFacts& facts) {
  require_equal_types(facts);
  return {{DataType::Bool, broadcast_inputs(facts), {}}};
}

/// The exponent may have another type than the base.
std::vector<ValueFacts> power(const NodeFacts& facts) {
  return {{facts.type(0), broadcast_inputs(facts), {}}};
}

std::vector<ValueFacts> where(const NodeFacts& facts) {
  if (facts.type(0) != DataType::Bool || facts.type(1) != facts.type(2)) {
    facts.invalid("needs a bool condition and two inputs of one type");
  }
  return {{facts.type(1), broadcast_inputs(facts), {}}};
}

std::vector<ValueFacts> predicate(const NodeFacts& facts) {
  return {{DataType::Bool, facts.shape(0), {}}};
}

std::vector<ValueFacts> prelu(const NodeFacts& facts) {
  if (broadcast_inputs(facts) != facts.shape(0)) {
    facts.mismatch("the slope cannot be broadcast to the input");
  }
  return keep_type_and_shape(facts);
}

std::vector<ValueFacts> cast(const NodeFacts& facts) {
  const std::int64_t to = facts.node().integer("to", 0);
  if (to == 0) {
    facts.invalid("attribute 'to' is missing");
  }
  return {{static_cast<DataType>(to), facts.shape(0), {}}};
}

std::vector<ValueFacts> cast_like(const NodeFacts& facts) {
  return {{facts.type(1), facts.shape(0), {}}};
}

}  // namespace

ShapeRules elementwise_shape_rules() {
  ShapeRules rules;
  for (const char* name : kSameShape) {
    rules[name] = keep_type_and_shape;
  }
  for (const char* name : kArithmetic) {
    rules[name] = arithmetic;
  }
  for (const char* name :
       {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"}) {
    rules[name] = comparison;
  }
  rules["IsInf"] = predicate;
  rules["IsNaN"] = predicate;
  rules["Hardmax"] = along_axis;
  rules["Softmax"] = along_axis;
  rules["LogSoftmax"] = along_axis;
  rules["Dropout"] = dropout;
  rules["Pow"] = power;
  rules["Where"] = where;
  rules["PRelu"] = prelu;
  rules["Cast"] = cast;
  rules["CastLike"] = cast_like;
  return rules;
}

}  // namespace ompq
