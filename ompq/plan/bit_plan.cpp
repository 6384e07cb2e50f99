// SPDX-License-Identifier: MIT
#include "ompq/plan/bit_plan.h"

#include "ompq/core/error.h"

namespace ompq {
namespace {

void check_width(const std::string& layer, const char* what, int bits) {
  OMPQ_CHECK(
      bits >= kMinPlanBits && bits <= kMaxPlanBits,
      ErrorCode::InvalidPlan,
      "[bit_plan] layer '{}': expected {} from {} to {}, got {}",
      layer,
      what,
      kMinPlanBits,
      kMaxPlanBits,
      bits);
}

}  // namespace

BitPlan uniform_plan(
    std::size_t layers, int weight_bits, std::optional<int> activation_bits) {
  return BitPlan{std::vector<LayerBits>(
      layers,
      LayerBits{
          .weight_bits = weight_bits, .activation_bits = activation_bits})};
}

PlanTotals plan_totals(
    const LayerTable& layers,
    const BitPlan& plan,
    const FileSizeModel& size_model) {
  OMPQ_CHECK(
      layers.size() == plan.layers.size(),
      ErrorCode::InvalidPlan,
      "[bit_plan] the model has {} quantizable layers, the plan {}",
      layers.size(),
      plan.layers.size());
  PlanTotals totals;
  totals.file_bytes = size_model.fixed_bytes;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    const LayerBits& bits = plan.layers[i];
    check_width(layer.name, "weight_bits", bits.weight_bits);
    if (bits.activation_bits) {
      check_width(layer.name, "activation_bits", *bits.activation_bits);
    }
    totals.weights += layer.weights;
    totals.payload_bits += payload_bits(layer, bits.weight_bits);
    totals.payload_bytes += (payload_bits(layer, bits.weight_bits) + 7) / 8;
    totals.paper_bits += paper_bits(layer, bits.weight_bits);
    totals.bit_operations += static_cast<double>(
        bit_operations(layer, bits.weight_bits, bits.activation_bits));
    totals.file_bytes += layer_file_bytes(size_model, layer, bits.weight_bits);
  }
  if (totals.weights > 0) {
    totals.average_bits = static_cast<double>(totals.payload_bits) /
                          static_cast<double>(totals.weights);
  }
  return totals;
}

}  // namespace ompq
