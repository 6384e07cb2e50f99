// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// Groups along the group axis of a weight; 1 without groups.
[[nodiscard]] std::int64_t group_count(const QuantizedWeight& weight);

/// For each element of a tensor whose dimensions are those of the weight or 1,
/// the index of its scale and zero point.
[[nodiscard]] std::vector<std::size_t> scale_indices(
    const QuantizedWeight& weight, const Shape& shape);

/// The numbers a weight's integers stand for, float32 in the weight's shape:
///
///   weight[i] = float(codes[i] - zero_points[g]) * scales[g]
///
/// rounded once, as DequantizeLinear does it. Since |code - zero_point| < 2^16,
/// round(weight[i] / scales[g]) gives code - zero_point back exactly.
///
/// @param layer  name of the layer, for errors
/// @throws Error{ShapeMismatch, InvalidData}  as to_qdq_graph(); a number that
///                                            float32 does not hold
[[nodiscard]] OMPQ_API Constant
real_weight(const QuantizedWeight& weight, const std::string& layer);

}  // namespace ompq::detail
