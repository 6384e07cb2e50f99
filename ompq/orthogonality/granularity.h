// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Which layers share one importance.
enum class Granularity {
  /// Every layer has its own.
  Layer,
  /// The layers of a residual block share one.
  Block,
  /// The layers between two changes of resolution share one.
  Stage,
  /// All layers share one.
  Net,
};

/// "layer", "block", "stage" or "net".
[[nodiscard]] OMPQ_API std::string_view to_string(Granularity granularity);

/// Reverse of to_string.
///
/// @throws Error{InvalidArgument}  another text; lists the four
[[nodiscard]] OMPQ_API Granularity parse_granularity(std::string_view text);

/// gamma shared within groups: every layer gets the mean over its group.
///
///   gamma'_i = sum_{j in group(i)} gamma_j / |group(i)|
///
/// The paper compares importance at the granularity of layer, block, stage and
/// net, where all layers of a block (stage, net) have one value, and leaves
/// open how that value is formed; the mean keeps the total of gamma, and equal
/// layers keep theirs.
///
/// @param gamma   L values
/// @param groups  L group numbers, any integers; equal = same group
/// @throws Error{ShapeMismatch}  the lengths differ
/// @source OMPQ, arXiv 2109.07865, ablation of the granularity
[[nodiscard]] OMPQ_API std::vector<double> share_within_groups(
    std::span<const double> gamma, std::span<const int> groups);

}  // namespace ompq
