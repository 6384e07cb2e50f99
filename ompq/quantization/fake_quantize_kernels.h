// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "ompq/quantization/fake_quantize.h"

namespace ompq::detail {

/// FakeQuantize as the kernels need it.
struct FakeQuantizeConstants {
  /// Which elements are dropped.
  enum class Drop { None, Some, All };

  float scale = 1.0F;
  std::int32_t zero_point = 0;
  /// The ends of the grid less the zero point: lowest and highest value in
  /// units of the scale.
  float lowest = 0.0F;
  float highest = 0.0F;
  bool has_clamp = false;
  float low = 0.0F;
  float high = 0.0F;
  /// A power of two next to 1 / scale, and scale * unit, both exact.
  float unit = 1.0F;
  float scaled = 1.0F;
  Drop drop = Drop::None;
  /// Dropped: hash of the position < drop_below, as signed integers.
  std::int32_t drop_below = 0;
  std::uint32_t first_key = 0;
  std::uint32_t second_key = 0;
};

/// @param row  which row the parameters belong to, for the message
/// @throws Error{InvalidArgument}  the grid or the parameters are invalid
void check_grid(
    const IntegerGrid& grid,
    const AffineParameters& parameters,
    std::optional<std::int64_t> row = {});

/// @param high_position  upper half of the positions that will be hashed
[[nodiscard]] FakeQuantizeConstants make_constants(
    const FakeQuantize& settings, std::uint32_t high_position = 0);

/// fake_quantize for `size` elements. (Kernels: callers have checked.)
///
/// @param position  lower half of the position of x[0]; may not wrap around
void fake_quantize_piece(
    const FakeQuantizeConstants& constants,
    const float* x,
    float* y,
    std::size_t size,
    std::uint32_t position);

/// fake_quantize_gradient for `size` elements; returns dscale. The sum has the
/// same order on every instruction set.
[[nodiscard]] double fake_quantize_gradient_piece(
    const FakeQuantizeConstants& constants,
    const float* x,
    const float* dy,
    float* dx,
    std::size_t size,
    std::uint32_t position);

/// quantize for `size` elements.
void quantize_piece(
    const FakeQuantizeConstants& constants,
    const float* x,
    std::int32_t* codes,
    std::size_t size);

}  // namespace ompq::detail
