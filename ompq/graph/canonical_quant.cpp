// SPDX-License-Identifier: MIT
// Quantizers of QONNX as QuantizeLinear and DequantizeLinear.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"
#include "ompq/graph/quant_parameters.h"
#include "ompq/graph/typed_elements.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

/// The widest grids of a constant and of an activation.
constexpr std::int64_t kWidestConstant = 32;
constexpr std::int64_t kWidestActivation = 16;

/// The codes of a constant, in float32 as QONNX computes them.
Constant codes_of(
    const QuantParameters& parameters, const Constant& input, bool is_bipolar) {
  const QuantParameters each = stretched(parameters, input.shape());
  const Constant reals = input.cast(DataType::Float32);
  const auto x = reals.elements<float>();
  const auto scales = each.scale.elements<float>();
  const auto zeros = each.zero_point.elements<std::int64_t>();
  const auto low = static_cast<double>(parameters.lowest);
  const auto high = static_cast<double>(parameters.highest);
  return generate_elements<std::int64_t>(
      DataType::Int64, input.shape(), [&](std::size_t i) {
        if (is_bipolar) {
          return x[i] >= 0.0F ? 1.0 : -1.0;
        }
        const float code = x[i] / scales[i] + static_cast<float>(zeros[i]);
        return std::nearbyint(std::clamp<double>(code, low, high));
      });
}

/// Names of constants that hold the parameters, and the attributes that say
/// what they belong to.
struct Quantizer {
  std::vector<std::string> parameters;
  std::map<std::string, Attribute> attributes;
};

Quantizer add_quantizer(
    Canonicalization& work, const Node& node, LinearParameters linear) {
  Quantizer quantizer;
  if (linear.axis.has_value()) {
    quantizer.attributes["axis"] = *linear.axis;
  }
  if (linear.block_size > 0) {
    quantizer.attributes["block_size"] = linear.block_size;
  }
  quantizer.parameters = {
      work.add_constant(node, "scale", std::move(linear.scale)),
      work.add_constant(node, "zero_point", std::move(linear.zero_point))};
  return quantizer;
}

NodeSpec quantizer_node(
    const Quantizer& quantizer,
    const std::string& name,
    const std::string& op_type,
    const std::string& input,
    const std::string& output) {
  NodeSpec spec{name, "", op_type, {input}, {output}, quantizer.attributes};
  spec.inputs.insert(
      spec.inputs.end(),
      quantizer.parameters.begin(),
      quantizer.parameters.end());
  return spec;
}

/// A constant on its grid: its codes and DequantizeLinear.
void rewrite_constant_input(
    Canonicalization& work,
    const Node& node,
    const QuantParameters& parameters,
    bool is_bipolar) {
  const Constant& input = *work.graph().constant_input(node, 0);
  LinearParameters linear = linear_parameters(parameters, input.shape(), node);
  const DataType container = linear.zero_point.type();
  const Quantizer quantizer = add_quantizer(work, node, std::move(linear));
  const std::string codes = work.add_constant(
      node, "codes", codes_of(parameters, input, is_bipolar).cast(container));
  work.builder().replace_node(
      node.name,
      {quantizer_node(
          quantizer,
          node.name,
          "DequantizeLinear",
          codes,
          work.spec(node).outputs.at(0))});
}

/// True if the integer type holds these codes and no others.
bool fills(const QuantParameters& parameters, DataType container) {
  const std::int64_t codes = std::int64_t{1} << bits_per_element(container);
  return parameters.highest - parameters.lowest + 1 == codes;
}

/// The real number of a code, for each scale.
Constant real_of(const QuantParameters& parameters, std::int64_t code) {
  const auto scales = parameters.scale.elements<float>();
  const auto zeros = parameters.zero_point.elements<std::int64_t>();
  return generate_elements<float>(
      DataType::Float32, parameters.scale.shape(), [&](std::size_t i) {
        return static_cast<float>(code - zeros[i]) * scales[i];
      });
}

/// Nodes that limit an activation to its grid; the last one computes `result`.
std::vector<NodeSpec> clip_nodes(
    Canonicalization& work,
    const Node& node,
    const QuantParameters& parameters,
    const std::string& input,
    const std::string& result) {
  Constant low = real_of(parameters, parameters.lowest);
  Constant high = real_of(parameters, parameters.highest);
  if (low.size() == 1) {
    return {
        {node.name + "/Clip",
         "",
         "Clip",
         {input,
          work.add_constant(node, "lowest", low.reshaped({})),
          work.add_constant(node, "highest", high.reshaped({}))},
         {result},
         {}}};
  }
  const std::string raised = work.builder().fresh_name(node.name + "/raised");
  return {
      {node.name + "/Max",
       "",
       "Max",
       {input, work.add_constant(node, "lowest", std::move(low))},
       {raised},
       {}},
      {node.name + "/Min",
       "",
       "Min",
       {raised, work.add_constant(node, "highest", std::move(high))},
       {result},
       {}}};
}

/// What is computed: its limits where the container holds more codes,
/// QuantizeLinear, DequantizeLinear.
void rewrite_activation(
    Canonicalization& work,
    const Node& node,
    const QuantParameters& parameters) {
  LinearParameters linear = linear_parameters(parameters, std::nullopt, node);
  const DataType container = linear.zero_point.type();
  const Quantizer quantizer = add_quantizer(work, node, std::move(linear));
  const NodeSpec spec = work.spec(node);
  std::string source = spec.inputs.at(0);
  std::vector<NodeSpec> nodes;
  if (!fills(parameters, container)) {
    const std::string clipped =
        work.builder().fresh_name(node.name + "/clipped");
    nodes = clip_nodes(work, node, parameters, source, clipped);
    source = clipped;
  }
  const std::string codes = work.builder().fresh_name(node.name + "/codes");
  nodes.push_back(quantizer_node(
      quantizer,
      node.name + "/QuantizeLinear",
      "QuantizeLinear",
      source,
      codes));
  nodes.push_back(quantizer_node(
      quantizer, node.name, "DequantizeLinear", codes, spec.outputs.at(0)));
  work.builder().replace_node(node.name, std::move(nodes));
}

/// scale where x >= 0, else -scale.
void rewrite_bipolar_activation(
    Canonicalization& work,
    const Node& node,
    const QuantParameters& parameters) {
  const NodeSpec spec = work.spec(node);
  const std::string is_positive =
      work.builder().fresh_name(node.name + "/is_positive");
  work.builder().replace_node(
      node.name,
      {{node.name + "/GreaterOrEqual",
        "",
        "GreaterOrEqual",
        {spec.inputs.at(0),
         work.add_constant(node, "zero", Constant::scalar(0.0F))},
        {is_positive},
        {}},
       {node.name,
        "",
        "Where",
        {is_positive,
         work.add_constant(node, "positive", parameters.scale),
         work.add_constant(node, "negative", real_of(parameters, -1))},
        spec.outputs,
        {}}});
}

}  // namespace

/// Quant, IntQuant and BipolarQuant.
///
/// An activation is rounded as QuantizeLinear does it, round(x / scale) +
/// zero_point, and not round(x / scale + zero_point): with a zero point other
/// than 0 the two may differ by one code where x / scale is within float32's
/// error of a half.
void rewrite_quant(Canonicalization& work, const Node& node) {
  const Graph& graph = work.graph();
  const bool is_constant = graph.constant_input(node, 0) != nullptr;
  const bool bipolar = is_bipolar(graph, node);
  const QuantParameters parameters =
      bipolar
          ? read_bipolar_parameters(graph, node)
          : read_quant_parameters(
                graph, node, is_constant ? kWidestConstant : kWidestActivation);
  if (is_constant) {
    rewrite_constant_input(work, node, parameters, bipolar);
  } else if (bipolar) {
    rewrite_bipolar_activation(work, node, parameters);
  } else {
    rewrite_activation(work, node, parameters);
  }
}

}  // namespace ompq::detail
