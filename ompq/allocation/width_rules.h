// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Which widths the layers may have.
struct WidthRules {
  /// Widths of the weights, in bits, each in [1, 16].
  std::vector<int> weight_bits{2, 3, 4, 5, 6, 7, 8};
  /// Widths of the input activations; absent = float.
  std::vector<std::optional<int>> activation_bits{std::nullopt};
  /// Own list of weight widths of a layer, by name.
  std::map<std::string, std::vector<int>> layer_weight_bits;
  /// Layers of a given weight width, by name; stronger than all other rules.
  std::map<std::string, int> pins;
  /// Weight width of the first and the last layer; absent = chosen like any
  /// other's.
  std::optional<int> first_last_bits = 8;
};

/// Why a layer has one width only.
enum class WidthOrigin {
  /// The allocation chooses.
  Free,
  /// It is the first or the last layer.
  FirstLast,
  /// The user pinned it.
  Pinned,
};

/// Widths that one layer may have, ascending and without repetition.
struct LayerWidths {
  std::vector<int> weight_bits;
  WidthOrigin origin = WidthOrigin::Free;
};

/// Reads widths such as "2-8", "2,4,8", "2-4,8" or "3": ascending, without
/// repetition.
///
/// @throws Error{InvalidArgument}  not such a list, or outside [1, 16]
[[nodiscard]] OMPQ_API std::vector<int> parse_widths(std::string_view text);

/// Applies the rules: pins, then first and last, then the layer's own list,
/// then the common list.
///
/// @throws Error{InvalidArgument}  a rule names no layer (with the nearest
///                                 names), or a list is empty or out of range
[[nodiscard]] OMPQ_API std::vector<LayerWidths> layer_widths(
    const LayerTable& layers, const WidthRules& rules);

}  // namespace ompq
