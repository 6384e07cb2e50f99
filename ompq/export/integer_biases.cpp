// SPDX-License-Identifier: MIT
#include "ompq/export/integer_biases.h"

#include <cstddef>

#include "ompq/export/fast_weight.h"
#include "ompq/export/gathered_biases.h"
#include "ompq/export/packed_weights.h"

namespace ompq {
namespace {

bool adds_bias_to_integers(const Node& node) {
  return node.op_type == "Conv" || node.op_type == "Gemm";
}

}  // namespace

std::map<std::string, std::string> find_integer_bias_inputs(
    const Graph& float_graph, const QuantizedModel& model) {
  const detail::IntegerInputs inputs =
      detail::find_integer_inputs(float_graph, model);
  std::map<std::string, std::string> found;
  for (const QuantizedLayer& layer : model.layers) {
    const auto input = inputs.find(layer.name);
    if (input != inputs.end() &&
        detail::one_zero_point(layer.weight, input->second.highest) &&
        adds_bias_to_integers(
            float_graph.node(*float_graph.find_node(layer.name)))) {
      found.emplace(layer.name, input->second.origin);
    }
  }
  return found;
}

QuantizedModel with_integer_biases(
    const Graph& float_graph, const QuantizedModel& model) {
  const detail::IntegerInputs inputs =
      detail::find_integer_inputs(float_graph, model);
  QuantizedModel result = detail::with_own_biases(float_graph, model);
  // Layers that share a weight share what the file holds of it.
  const detail::PackedWeights weights(
      float_graph, result, inputs, "", detail::packed_constants, false);
  for (QuantizedLayer& layer : result.layers) {
    const auto input = inputs.find(layer.name);
    if (input == inputs.end() || layer.bias.empty()) {
      continue;
    }
    const detail::PackedConstants& weight = weights.constants_of(layer);
    const auto codes = detail::integer_bias(
        layer,
        float_graph.node(*float_graph.find_node(layer.name)),
        weight,
        &input->second);
    if (!codes) {
      continue;
    }
    const auto scales = weight.scale.elements<float>();
    for (std::size_t i = 0; i < codes->size(); ++i) {
      layer.bias[i] = static_cast<float>((*codes)[i]) *
                      (scales[i % scales.size()] * input->second.scale);
    }
  }
  return result;
}

namespace detail {

std::optional<std::vector<std::int32_t>> integer_bias(
    const QuantizedLayer& layer,
    const Node& node,
    const PackedConstants& weight,
    const IntegerInput* input) {
  if (input == nullptr || !weight.base || !adds_bias_to_integers(node)) {
    return std::nullopt;
  }
  return bias_codes(layer.bias, weight.scale.elements<float>(), input->scale);
}

}  // namespace detail
}  // namespace ompq
