// SPDX-License-Identifier: MIT
#include "ompq/plan/plan_json_layers.h"

#include <charconv>
#include <set>

namespace ompq::detail {
namespace {

LayerKind read_kind(const JsonReader& field) {
  const std::string name = field.as_string();
  for (const LayerKind kind :
       {LayerKind::Conv,
        LayerKind::ConvTranspose,
        LayerKind::Gemm,
        LayerKind::MatMul}) {
    if (to_string(kind) == name) {
      return kind;
    }
  }
  field.fail_field(fmt::format(
      "expected Conv, ConvTranspose, Gemm or MatMul, got '{}'", name));
}

int read_width(const JsonReader& field) {
  return static_cast<int>(field.as_integer(kMinPlanBits, kMaxPlanBits));
}

std::optional<int> read_activation_bits(const JsonReader& layer) {
  if (!layer.has("activation_bits")) {
    return std::nullopt;
  }
  const JsonReader field = layer.at("activation_bits");
  if (field.json().is_string()) {
    if (field.as_string() != "float") {
      field.fail_field(fmt::format(
          "expected \"float\" or an integer from {} to {}, got \"{}\"",
          kMinPlanBits,
          kMaxPlanBits,
          field.as_string()));
    }
    return std::nullopt;
  }
  return read_width(field);
}

std::map<int, double> read_errors(const JsonReader& field) {
  std::map<int, double> errors;
  if (!field.json().is_object()) {
    field.fail_field("expected an object of width: error");
  }
  for (const auto& member : field.json().items()) {
    const std::string& key = member.key();
    int bits = 0;
    const auto [end, problem] =
        std::from_chars(key.data(), key.data() + key.size(), bits);
    if (problem != std::errc{} || end != key.data() + key.size() ||
        bits < kMinPlanBits || bits > kMaxPlanBits) {
      field.at(key).fail_field(fmt::format(
          "expected a width from {} to {} as the name of the field",
          kMinPlanBits,
          kMaxPlanBits));
    }
    errors[bits] = field.at(key).as_number();
  }
  return errors;
}

std::optional<Interval> read_interval(const JsonReader& layer) {
  if (!layer.has("gamma_interval")) {
    return std::nullopt;
  }
  const JsonReader field = layer.at("gamma_interval");
  if (field.size() != 2) {
    field.fail_field("expected [low, high]");
  }
  return Interval{
      .low = field.at(std::size_t{0}).as_number(),
      .high = field.at(std::size_t{1}).as_number()};
}

PlanLayer read_layer(const JsonReader& json) {
  json.check_fields(
      {"name",
       "kind",
       "weights",
       "output_channels",
       "macs",
       "weight_bits",
       "activation_bits",
       "gamma",
       "gamma_interval",
       "theta",
       "coefficient",
       "error_per_width",
       "activation_error_per_width"});
  PlanLayer layer;
  layer.name = json.at("name").as_string();
  layer.kind = read_kind(json.at("kind"));
  layer.weights = read_count(json, "weights");
  layer.output_channels = read_count(json, "output_channels");
  layer.macs = read_count(json, "macs");
  layer.bits = read_bits(json);
  layer.gamma = read_optional_number(json, "gamma");
  layer.gamma_interval = read_interval(json);
  layer.theta = read_optional_number(json, "theta");
  layer.coefficient = read_optional_number(json, "coefficient");
  if (json.has("error_per_width")) {
    layer.error_per_width = read_errors(json.at("error_per_width"));
  }
  if (json.has("activation_error_per_width")) {
    layer.activation_error_per_width =
        read_errors(json.at("activation_error_per_width"));
  }
  return layer;
}

}  // namespace

LayerBits read_bits(const JsonReader& object) {
  return {
      .weight_bits = read_width(object.at("weight_bits")),
      .activation_bits = read_activation_bits(object)};
}

std::optional<double> read_optional_number(
    const JsonReader& object, const std::string& key) {
  if (!object.has(key)) {
    return std::nullopt;
  }
  return object.at(key).as_number();
}

std::int64_t read_count(const JsonReader& object, const std::string& key) {
  return object.at(key).as_integer(0, kMaxLayerCount);
}

std::vector<PlanLayer> read_plan_layers(const JsonReader& json) {
  std::vector<PlanLayer> layers;
  std::set<std::string> names;
  for (std::size_t i = 0; i < json.size(); ++i) {
    layers.push_back(read_layer(json.at(i)));
    if (!names.insert(layers.back().name).second) {
      json.at(i).at("name").fail_field(fmt::format(
          "the layer '{}' stands in the plan twice", layers.back().name));
    }
  }
  return layers;
}

}  // namespace ompq::detail
