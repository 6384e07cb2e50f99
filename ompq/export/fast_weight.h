// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// Codes of 8 bits around one zero point.
struct OneZeroPoint {
  bool is_signed = true;
  std::int32_t zero_point = 0;
};

/// The 8-bit grid and zero point for all channels of a weight that integer
/// kernels want; absent if there is none or if scales belong to groups.
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
[[nodiscard]] std::optional<OneZeroPoint> one_zero_point(
    const QuantizedWeight& weight, std::int32_t highest_input);

/// The same weight in such codes.
[[nodiscard]] OMPQ_API std::optional<QuantizedWeight> with_one_zero_point(
    const QuantizedWeight& weight, std::int32_t highest_input);

/// Scales at which every bias is a whole number of int32, larger ones for
/// channels whose bias outweighs their weights. With b = |bias| / input scale:
///
/// - weights that are all 0 leave the choice: scale = b / 2^20
/// - smaller scales than b / 2^30 become that
///
/// @param bias         [channels], or empty
/// @param input_scale  scale of the layer's input
[[nodiscard]] std::vector<float> fitted_scales(
    const QuantizedWeight& weight,
    std::span<const float> bias,
    float input_scale);

/// Gives a weight its fitted_scales(). Codes are rounded anew, which changes a
/// product sum of K terms by K / 2^23 of the bias at most.
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
