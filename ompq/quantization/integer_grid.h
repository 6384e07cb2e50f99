// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace ompq {

/// Integers a quantized number can take.
///
///   unsigned: 0 .. 2^bits - 1;   signed: -2^(bits-1) .. 2^(bits-1) - 1
struct IntegerGrid {
  /// 1 to 16. One bit is useful unsigned only: two levels.
  int bits = 8;
  bool is_signed = false;

  [[nodiscard]] std::int32_t lowest() const {
    return is_signed ? -(std::int32_t{1} << (bits - 1)) : 0;
  }
  [[nodiscard]] std::int32_t highest() const {
    return (std::int32_t{1} << (is_signed ? bits - 1 : bits)) - 1;
  }
  /// highest - lowest: steps between the smallest and the largest number.
  [[nodiscard]] std::int32_t steps() const { return highest() - lowest(); }

  friend bool operator==(const IntegerGrid&, const IntegerGrid&) = default;
};

/// Uniform affine quantization of real numbers, as ONNX QuantizeLinear and
/// DequantizeLinear define it:
///
///   code  = saturate(round_half_even(x / scale) + zero_point)
///   value = (code - zero_point) * scale
struct AffineParameters {
  /// Positive and finite.
  float scale = 1.0F;
  /// On the grid; 0 for symmetric quantization with a signed grid.
  std::int32_t zero_point = 0;

  friend bool operator==(const AffineParameters&, const AffineParameters&) =
      default;
};

}  // namespace ompq
