// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// The same weight in codes of 8 bits with one zero point for all channels, as
/// integer kernels want it; absent if there is none or if scales belong to
/// groups.
///
/// With d = code - zero point: int8 and zero point 0 if
///
///   2 highest_input max|d| <= 32767
///
/// (instruction sets without VNNI add pairs of products of uint8 and int8 in 16
/// bits and saturate beyond), otherwise uint8 with zero point 128 or, if a
/// channel reaches further to one side, another one.
///
/// @param weight         sizes are consistent and codes on the grid
/// @param highest_input  highest code of the layer's input, at most 255
[[nodiscard]] OMPQ_API std::optional<QuantizedWeight> with_one_zero_point(
    const QuantizedWeight& weight, std::int32_t highest_input);

/// Gives channels whose bias outweighs their weights scales at which the bias
/// is a whole number of int32. With b = |bias| / input scale:
///
/// - weights that are all 0 leave the choice: scale = b / 2^20
/// - smaller scales than b / 2^30 become that; codes are rounded anew, which
///   changes a product sum of K terms by K / 2^23 of the bias at most
///
/// @param weight       has one zero point
/// @param bias         [channels], or empty
/// @param input_scale  scale of the layer's input
OMPQ_API void fit_scales_to_biases(
    QuantizedWeight& weight, std::span<const float> bias, float input_scale);

/// A bias as integer kernels add it to their sums: round(bias / (input scale x
/// scale)); absent if a code would leave half of int32.
///
/// @param bias    [channels]
/// @param scales  of the weight, [channels], or one
[[nodiscard]] OMPQ_API std::optional<std::vector<std::int32_t>> bias_codes(
    std::span<const float> bias,
    std::span<const float> scales,
    float input_scale);

}  // namespace ompq::detail
