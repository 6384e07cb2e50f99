// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ompq/graph/canonical.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {

/// A Quant node and what it reads; absent parameters are network inputs.
struct QuantNode {
  std::string op_type = "Quant";
  std::string domain = "qonnx.custom_op.general";
  std::optional<Constant> scale = Constant::scalar(0.1F);
  std::optional<Constant> zero_point = Constant::scalar(0.0F);
  std::optional<Constant> bits = Constant::scalar(4.0F);
  std::map<std::string, Attribute> attributes = {
      {"signed", std::int64_t{1}},
      {"narrow", std::int64_t{0}},
      {"rounding_mode", std::string("ROUND")}};
  /// Absent: x is the network's input.
  std::optional<Constant> x = {};
  Shape shape = {2, 3, 2};
};

inline Graph file_with(const QuantNode& quant) {
  GraphBuilder builder("quant", 13);
  const auto dimensions = [](const Shape& shape) {
    std::vector<Dimension> result;
    for (const std::int64_t size : shape) {
      result.push_back({size, ""});
    }
    return result;
  };
  builder.add_input("input", DataType::Float32, dimensions(quant.shape));
  const auto add = [&](const char* name, const std::optional<Constant>& given) {
    if (given.has_value()) {
      builder.add_constant(name, *given);
    } else {
      builder.add_input(name, DataType::Float32, dimensions({}));
    }
    return std::string(name);
  };
  std::vector<std::string> inputs{
      quant.x.has_value() ? add("x", quant.x) : "input",
      add("scale", quant.scale)};
  if (quant.op_type != "BipolarQuant") {
    inputs.push_back(add("zero", quant.zero_point));
    inputs.push_back(add("bits", quant.bits));
  }
  builder.add_node(
      {"node", quant.domain, quant.op_type, inputs, {"y"}, quant.attributes});
  builder.add_node({"last", "", "Add", {"input", "y"}, {"sum"}, {}});
  builder.add_output("y");
  builder.add_output("sum");
  return std::move(builder).build();
}

inline Graph read_quant(const QuantNode& quant) {
  return canonicalize(file_with(quant));
}

inline std::map<std::string, Attribute> mode(
    bool is_signed, bool narrow, const std::string& rounding = "ROUND") {
  return {
      {"signed", std::int64_t{is_signed}},
      {"narrow", std::int64_t{narrow}},
      {"rounding_mode", rounding}};
}

}  // namespace ompq
