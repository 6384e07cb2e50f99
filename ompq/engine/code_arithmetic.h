// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/graph/constant.h"

namespace ompq {

/// Arithmetic on codes of one byte as ONNX Runtime's kernels for x86 do it:
/// integers are exact, and what is rounded is rounded to float32 in the same
/// order. `[.]` below is rounding to the nearest integer, halves to even, and
/// saturation at the limits of the result's type.

/// A grid of a whole tensor: number = (code - zero_point) scale.
struct CodeGrid {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

/// code - zero_point as float32, in the layout of `codes`.
///
/// @param codes  uint8 or int8, any shape
[[nodiscard]] OMPQ_API at::Tensor centred_codes(
    const at::Tensor& codes, std::int32_t zero_point);

/// How sums of products become codes.
struct Requantization {
  /// input scale * weight scale / output scale: one, or one for each channel.
  std::vector<float> multipliers;
  /// Added to the sums: none, one, or one for each channel.
  std::vector<std::int32_t> bias;
  std::int32_t zero_point = 0;
  /// UInt8 or Int8.
  DataType type = DataType::UInt8;
};

/// code = [float32(sum + bias) multiplier] + zero_point
///
/// @param sums  float32 integers, exact below 2^24
/// @param axis  of the channels: 1, or the last
/// @return uint8 or int8, in the layout of `sums`
[[nodiscard]] OMPQ_API at::Tensor requantize(
    const at::Tensor& sums, std::int64_t axis, const Requantization& to);

/// code = [fma(a, ra, fma(b, rb, shift))],
/// ra = a.scale / c.scale, rb = b.scale / c.scale,
/// shift = c.zero_point - fma(ra, a.zero_point, rb b.zero_point);
/// where b is one number: code = [fma(a, ra, shift + b rb)], and likewise a.
///
/// @param a, b  of one type, uint8 or int8; shapes broadcast
/// @source mlas/lib/intrinsics/avx2/qladd_avx2.cpp
[[nodiscard]] OMPQ_API at::Tensor add_codes(
    const at::Tensor& a,
    const CodeGrid& a_grid,
    const at::Tensor& b,
    const CodeGrid& b_grid,
    const CodeGrid& c_grid);

/// code = [c.zero_point + (a - a.zero_point) (b - b.zero_point) r],
/// r = a.scale b.scale / c.scale
///
/// @param a, b  as in add_codes()
/// @source mlas/lib/qlmul.cpp
[[nodiscard]] OMPQ_API at::Tensor multiply_codes(
    const at::Tensor& a,
    const CodeGrid& a_grid,
    const at::Tensor& b,
    const CodeGrid& b_grid,
    const CodeGrid& c_grid);

}  // namespace ompq
