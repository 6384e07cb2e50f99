// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/packed_numbers.h"

namespace ompq::detail {

/// Weights of a packed file that are not floats yet: (number - zero point)
/// scale.
struct UnfoldedWeights {
  Constant numbers;
  PackedNumbers zero_point;
  /// Absent: 1.
  std::optional<PackedNumbers> scale;
};

/// @param where  begins the error, e.g. "'w3' (Mul)"
/// @throws Error{InvalidModel}  zero points or scales that do not fit
void check_weights(const std::string& where, const UnfoldedWeights& weights);

/// Rows begin to end - 1 with what belongs to them.
[[nodiscard]] UnfoldedWeights slice_rows(
    const UnfoldedWeights& weights, std::int64_t begin, std::int64_t end);

/// Adds the DequantizeLinear that computes them, and its constants.
void add_dequantizer(
    const std::string& name,
    const UnfoldedWeights& weights,
    GraphBuilder& builder);

}  // namespace ompq::detail
