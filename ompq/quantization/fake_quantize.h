// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "ompq/core/export.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq {

/// What is done to an activation in one pass over memory:
///
///   c = min(max(x, low), high)
///   q = saturate(round_half_even(c / scale) + zero_point)
///   y = (q - zero_point) * scale, or c itself for dropped elements
///
/// An element is dropped (left unquantized, QDrop) with probability
/// `drop_probability`, decided by a hash of `seed` and the element's position:
/// the same in the forward and the backward pass, for any number of threads.
struct FakeQuantize {
  IntegerGrid grid;
  AffineParameters parameters;
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
  /// In [0, 1]; 0 quantizes everything.
  float drop_probability = 0.0F;
  std::uint32_t seed = 0;
};

/// y for elements [offset, offset + size) of a tensor. x and y may be the same
/// memory. NaN becomes the zero point's value 0, as a saturating conversion
/// gives it, dropped or not. Vectorised, the instruction set chosen at run
/// time, the result the same on all; serial: callers split the tensor.
///
/// @param offset  position of x[0] in the tensor, for the hash
/// @throws Error{InvalidArgument}  a setting is out of its range
/// @throws Error{ShapeMismatch}    x and y differ in size
/// @source QDrop: arXiv 2203.05740
OMPQ_API void fake_quantize(
    const FakeQuantize& settings,
    std::span<const float> x,
    std::span<float> y,
    std::uint64_t offset = 0);

/// Gradients of fake_quantize for the same elements:
///
///   dx = dy * [low < x < high] * ([lowest <= q' <= highest] or dropped)
///   returns dscale = sum dy * { (q - zero_point) - c / scale  inside the grid
///                             {  q - zero_point               saturated
///                             {  0                            dropped
///
/// with q' = round_half_even(c / scale) + zero_point before saturation. Both
/// are 0 for NaN. dx and dy may be the same memory. Terms are rounded to
/// float32, their sum is float64; its order depends on the length alone.
///
/// @param x  the input of the forward pass, before the clamp
/// @throws Error{InvalidArgument}  a setting is out of its range
/// @throws Error{ShapeMismatch}    x, dy and dx differ in size
/// @source straight-through estimator; step gradient: LSQ, arXiv 1902.08153
[[nodiscard]] OMPQ_API double fake_quantize_gradient(
    const FakeQuantize& settings,
    std::span<const float> x,
    std::span<const float> dy,
    std::span<float> dx,
    std::uint64_t offset = 0);

/// Integer codes of x on the grid: saturate(round_half_even(x / scale) + z);
/// the zero point z for NaN.
///
/// @throws Error{InvalidArgument}  the grid or its parameters are invalid
/// @throws Error{ShapeMismatch}    x and codes differ in size
OMPQ_API void quantize(
    const IntegerGrid& grid,
    const AffineParameters& parameters,
    std::span<const float> x,
    std::span<std::int32_t> codes);

}  // namespace ompq
