// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>

#include "ompq/core/export.h"

namespace ompq {

/// Red, green and blue, 0 to 255 each.
using Color = std::array<std::int32_t, 3>;

/// How a surface is coloured: a pattern that mixes two colours.
struct Paint {
  enum class Pattern { Plain, Gradient, Stripes, Checker, Clouds };

  Pattern pattern = Pattern::Plain;
  Color first = {0, 0, 0};
  Color second = {0, 0, 0};
  /// Direction in which the pattern changes, kTurn (shape_outline.h) = 2 pi.
  std::int32_t angle = 0;
  /// Length after which the pattern repeats, in 1/256 pixel.
  std::int32_t period = 2048;
  /// Where the pattern begins, in 1/256 pixel; what the clouds look like.
  std::int32_t phase = 0;

  /// Mean of the two colours.
  [[nodiscard]] OMPQ_API Color mean() const;
  /// The colour in the middle of pixel (x, y).
  [[nodiscard]] OMPQ_API Color at(std::int32_t x, std::int32_t y) const;
};

}  // namespace ompq
