// SPDX-License-Identifier: MIT
#include "ompq/plan/plan.h"

#include <algorithm>
#include <set>

#include "ompq/core/error.h"
#include "ompq/core/nearest_name.h"

namespace ompq {
namespace {

std::string quoted_list(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kShown; ++i) {
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", names[i]);
  }
  if (names.size() > kShown) {
    text += fmt::format(" and {} more", names.size() - kShown);
  }
  return text;
}

template <typename A, typename B>
std::vector<std::string> names_only_in(const A& these, const B& others) {
  std::set<std::string> known;
  for (const auto& other : others) {
    known.insert(other.name);
  }
  std::vector<std::string> names;
  for (const auto& one : these) {
    if (!known.contains(one.name)) {
      names.push_back(one.name);
    }
  }
  return names;
}

void check_names(const Plan& plan, const LayerTable& layers) {
  const std::vector<std::string> unknown = names_only_in(plan.layers, layers);
  if (!unknown.empty()) {
    std::vector<std::string> names;
    for (const Layer& layer : layers) {
      names.push_back(layer.name);
    }
    fail(
        ErrorCode::InvalidPlan,
        "[plan] the model has no quantizable layer {}{}",
        quoted_list(unknown),
        did_you_mean(unknown.front(), names));
  }
  const std::vector<std::string> missing = names_only_in(layers, plan.layers);
  OMPQ_CHECK(
      missing.empty(),
      ErrorCode::InvalidPlan,
      "[plan] the plan has no widths for layer {}; add them, or search again",
      quoted_list(missing));
}

}  // namespace

BitPlan bit_plan(const Plan& plan) {
  BitPlan bits;
  for (const PlanLayer& layer : plan.layers) {
    bits.layers.push_back(layer.bits);
  }
  return bits;
}

LayerTable layer_table(const Plan& plan) {
  LayerTable layers;
  for (const PlanLayer& layer : plan.layers) {
    layers.push_back(Layer{
        .name = layer.name,
        .kind = layer.kind,
        .weights = layer.weights,
        .output_channels = layer.output_channels,
        .macs = layer.macs});
  }
  return layers;
}

PlanTotals plan_totals(const Plan& plan) {
  return plan_totals(layer_table(plan), bit_plan(plan), plan.size_model);
}

std::vector<PlanLayer> plan_layers(
    const LayerTable& layers, const BitPlan& bits) {
  OMPQ_CHECK(
      layers.size() == bits.layers.size(),
      ErrorCode::InvalidPlan,
      "[plan] the model has {} quantizable layers, the bit plan {}",
      layers.size(),
      bits.layers.size());
  std::vector<PlanLayer> rows;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    rows.push_back(PlanLayer{
        .name = layers[i].name,
        .kind = layers[i].kind,
        .weights = layers[i].weights,
        .output_channels = layers[i].output_channels,
        .macs = layers[i].macs,
        .bits = bits.layers[i]});
  }
  return rows;
}

void check_plan_fits(
    const Plan& plan, const LayerTable& layers, const std::string& model_hash) {
  OMPQ_CHECK(
      plan.model_hash == model_hash,
      ErrorCode::InvalidPlan,
      "[plan] the plan was made for '{}' ({}), but this model is {}; search "
      "again for this model",
      plan.model_file,
      plan.model_hash,
      model_hash);
  check_names(plan, layers);
  OMPQ_CHECK(
      plan.layers.size() == layers.size(),
      ErrorCode::InvalidPlan,
      "[plan] the plan has {} layers, the model {}",
      plan.layers.size(),
      layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    OMPQ_CHECK(
        plan.layers[i].name == layers[i].name,
        ErrorCode::InvalidPlan,
        "[plan] layers[{}]: expected layer '{}', got '{}'; layers stand in the "
        "order of the graph",
        i,
        layers[i].name,
        plan.layers[i].name);
    OMPQ_CHECK(
        plan.layers[i].weights == layers[i].weights,
        ErrorCode::InvalidPlan,
        "[plan] layer '{}': the plan says {} weights, the model has {}",
        layers[i].name,
        plan.layers[i].weights,
        layers[i].weights);
  }
}

}  // namespace ompq
