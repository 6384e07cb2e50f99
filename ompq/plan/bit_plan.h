// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/plan/layer_table.h"
#include "ompq/plan/size_model.h"

namespace ompq {

/// Smallest and largest width a plan may give to weights or activations.
inline constexpr int kMinPlanBits = 1;
inline constexpr int kMaxPlanBits = 16;

/// Width at which a float activation counts in bit operations.
inline constexpr int kFloatBits = 32;

/// Bit widths of one layer.
struct LayerBits {
  /// Bits of each weight, [kMinPlanBits, kMaxPlanBits].
  int weight_bits = 8;
  /// Bits of the layer's input activation; absent = float.
  std::optional<int> activation_bits;

  friend bool operator==(const LayerBits&, const LayerBits&) = default;
};

/// Bit widths of every layer; index = LayerId.
struct BitPlan {
  std::vector<LayerBits> layers;

  friend bool operator==(const BitPlan&, const BitPlan&) = default;
};

/// Every layer with the same widths.
[[nodiscard]] OMPQ_API BitPlan uniform_plan(
    std::size_t layers,
    int weight_bits,
    std::optional<int> activation_bits = std::nullopt);

/// Sizes and operations of a model under a bit plan.
struct PlanTotals {
  /// Number of weights of all quantizable layers.
  std::int64_t weights = 0;
  /// sum_i weights_i b_i, in bits; exact.
  std::int64_t payload_bits = 0;
  /// sum_i ceil(weights_i b_i / 8), in bytes: each layer begins at a byte.
  std::int64_t payload_bytes = 0;
  /// payload_bits / weights; 0 for a model without weights.
  double average_bits = 0.0;
  /// sum_i (weights_i + 2 O_i) b_i, in bits: the size of the paper's code,
  /// which counts two BatchNorm numbers per output channel at the layer's
  /// width.
  std::int64_t paper_bits = 0;
  /// sum_i macs_i b_i a_i; a float activation counts kFloatBits.
  double bit_operations = 0.0;
  /// Upper estimate of the packed file by the size model, in bytes.
  std::int64_t file_bytes = 0;

  friend bool operator==(const PlanTotals&, const PlanTotals&) = default;
};

/// Totals of a plan.
///
/// @throws Error{InvalidPlan}  the plan has another number of layers, or a
///                             width outside [kMinPlanBits, kMaxPlanBits]
[[nodiscard]] OMPQ_API PlanTotals plan_totals(
    const LayerTable& layers,
    const BitPlan& plan,
    const FileSizeModel& size_model = {});

/// Largest number of weights (or MACs) of one layer for which sizes in bits and
/// bit operations stay far inside 64-bit integers.
inline constexpr std::int64_t kMaxLayerCount = std::int64_t{1} << 44;

}  // namespace ompq
