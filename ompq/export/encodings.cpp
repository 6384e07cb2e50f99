// SPDX-License-Identifier: MIT
#include "ompq/export/encodings.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/export/real_weight.h"
#include "ompq/graph/quantizable_layers.h"
#include "ompq/quantization/qdq_constants.h"
#include "ompq/quantization/quantizer_form.h"

namespace ompq {
namespace {

constexpr int kLeastBits = 2;

/// Float weights that are on their grids.
class RoundedForm : public QuantizerForm {
 public:
  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& /*node*/,
      const Value& weight,
      GraphBuilder& builder) const override {
    return builder.add_fresh_constant(
        weight.name + "_rounded",
        detail::real_weight(layer.weight, layer.name));
  }

  [[nodiscard]] std::vector<GraphBuilder::NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& /*value*/,
      const std::string& /*result*/,
      GraphBuilder& /*builder*/) const override {
    fail(
        ErrorCode::Internal,
        "[export] activation '{}' has no quantizer here",
        activation.value);
  }
};

void check_bits(const IntegerGrid& grid, const char* what, const auto& name) {
  OMPQ_CHECK(
      grid.bits >= kLeastBits,
      ErrorCode::Unsupported,
      "[export] {} '{}' has {} bit; AIMET encodings hold {} or more: give it "
      "{} bits, or export another profile",
      what,
      name,
      grid.bits,
      kLeastBits,
      kLeastBits);
}

/// The fields that all entries have.
Json entry_of(
    const std::string& name,
    const char* kind,
    const IntegerGrid& grid,
    std::span<const float> scales,
    std::span<const std::int32_t> zero_points) {
  Json offsets = Json::array();
  bool is_symmetric = true;
  for (const std::int32_t zero : zero_points) {
    const std::int32_t offset = grid.lowest() - zero;
    offsets.push_back(offset);
    is_symmetric = is_symmetric && offset == -(1 << (grid.bits - 1));
  }
  Json entry;
  entry["name"] = name;
  entry["enc_type"] = kind;
  entry["dtype"] = "INT";
  entry["bw"] = grid.bits;
  entry["is_sym"] = is_symmetric;
  entry["scale"] = Json(std::vector<double>(scales.begin(), scales.end()));
  entry["offset"] = std::move(offsets);
  return entry;
}

bool is_uniform(const QuantizedWeight& weight) {
  const auto is_first = [](const auto& numbers) {
    return [&](const auto& number) { return number == numbers.front(); };
  };
  return std::ranges::all_of(weight.scales, is_first(weight.scales)) &&
         std::ranges::all_of(weight.zero_points, is_first(weight.zero_points));
}

Json weight_entry(const QuantizedLayer& layer, const std::string& name) {
  const QuantizedWeight& weight = layer.weight;
  check_bits(weight.grid, "layer", layer.name);
  const auto entry = [&](const char* kind, std::size_t count) {
    return entry_of(
        name,
        kind,
        weight.grid,
        std::span(weight.scales).first(count),
        std::span(weight.zero_points).first(count));
  };
  if (is_uniform(weight)) {
    return entry("PER_TENSOR", 1);
  }
  if (detail::group_count(weight) == 1) {
    return entry("PER_CHANNEL", weight.scales.size());
  }
  const std::int64_t inputs =
      weight.shape[static_cast<std::size_t>(weight.group_axis)];
  OMPQ_CHECK(
      inputs % weight.group_size == 0,
      ErrorCode::Unsupported,
      "[export] layer '{}': groups of {} do not divide its {} inputs, and "
      "AIMET "
      "encodings hold whole blocks only; quantize with another --group-size, "
      "or export the profile packed",
      layer.name,
      weight.group_size,
      inputs);
  Json blocks = entry("PER_BLOCK", weight.scales.size());
  blocks["block_size"] = weight.group_size;
  return blocks;
}

Json activation_entries(const Graph& graph, const QuantizedModel& model) {
  Json entries = Json::array();
  std::set<std::string> seen;
  for (const QuantizedActivation& activation : model.activations) {
    const auto id = graph.find_value(activation.value);
    OMPQ_CHECK(
        id.has_value() && !graph.value(*id).constant.has_value(),
        ErrorCode::InvalidArgument,
        "[export] the network computes no value '{}'",
        activation.value);
    OMPQ_CHECK(
        seen.insert(activation.value).second,
        ErrorCode::InvalidArgument,
        "[export] value '{}' is quantized twice",
        activation.value);
    detail::check_parameters(activation);
    check_bits(activation.grid, "value", activation.value);
    entries.push_back(entry_of(
        activation.value,
        "PER_TENSOR",
        activation.grid,
        std::span(&activation.parameters.scale, 1),
        std::span(&activation.parameters.zero_point, 1)));
  }
  return entries;
}

Json weight_entries(const Graph& rounded, const QuantizedModel& model) {
  Json entries = Json::array();
  std::set<std::string> seen;
  for (const QuantizedLayer& layer : model.layers) {
    const Node& node = rounded.node(*rounded.find_node(layer.name));
    const std::string& name = rounded.value(*node.input(kWeightInput)).name;
    if (seen.insert(name).second) {
      entries.push_back(weight_entry(layer, name));
    }
  }
  return entries;
}

/// The width that most entries have, the widest of several; absent for none.
std::optional<int> usual_width(const Json& entries) {
  std::map<int, int> counts;
  for (const Json& entry : entries) {
    ++counts[entry["bw"].get<int>()];
  }
  std::optional<int> usual;
  for (const auto& [bits, count] : counts) {
    if (!usual.has_value() || count >= counts[*usual]) {
      usual = bits;
    }
  }
  return usual;
}

Json quantizer_arguments(const Json& activations, const Json& weights) {
  const auto any = [&](const char* key, const Json& text) {
    return std::ranges::any_of(
        weights, [&](const Json& entry) { return entry[key] == text; });
  };
  Json arguments;
  // Widths are asked for; where nothing is quantized any will do.
  arguments["activation_bitwidth"] = usual_width(activations).value_or(16);
  arguments["dtype"] = "int";
  arguments["is_symmetric"] = !any("is_sym", false);
  arguments["param_bitwidth"] = usual_width(weights).value_or(16);
  arguments["per_channel_quantization"] =
      any("enc_type", "PER_CHANNEL") || any("enc_type", "PER_BLOCK");
  // Of the two names there are, the one that stands for least error.
  arguments["quant_scheme"] = "post_training_tf_enhanced";
  return arguments;
}

Json excluded_layers(const Graph& graph, const QuantizedModel& model) {
  std::set<std::string> quantized;
  for (const QuantizedLayer& layer : model.layers) {
    quantized.insert(layer.name);
  }
  const QuantizableLayers found = find_quantizable_layers(graph);
  Json names = Json::array();
  for (const Layer& layer : found.layers) {
    if (!quantized.contains(layer.name)) {
      names.push_back(layer.name);
    }
  }
  for (const SkippedNode& node : found.skipped) {
    names.push_back(node.name);
  }
  return names;
}

}  // namespace

Graph to_rounded_graph(const Graph& float_graph, const QuantizedModel& model) {
  return insert_quantizers(
      float_graph, {.layers = model.layers, .activations = {}}, RoundedForm());
}

Json to_aimet_encodings(const Graph& float_graph, const QuantizedModel& model) {
  const Graph rounded = to_rounded_graph(float_graph, model);
  Json activations = activation_entries(float_graph, model);
  Json weights = weight_entries(rounded, model);
  Json arguments = quantizer_arguments(activations, weights);
  Json json;
  json["version"] = "1.0.0";
  json["activation_encodings"] = std::move(activations);
  json["param_encodings"] = std::move(weights);
  json["quantizer_args"] = std::move(arguments);
  json["excluded_layers"] = excluded_layers(float_graph, model);
  return json;
}

}  // namespace ompq
