// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/random_stream.h"

namespace ompq {

/// A point in fixed point; the unit is stated where one is used.
struct FixedPoint {
  std::int32_t x = 0;
  std::int32_t y = 0;
};

/// Closed polygons; what an odd number of them encloses is inside.
using Outline = std::vector<std::vector<FixedPoint>>;

/// One in the coordinates of an outline that is not placed yet.
inline constexpr std::int32_t kUnit = 4096;
/// One pixel in the coordinates of an outline that is placed.
inline constexpr std::int32_t kPixel = 256;
/// A full turn, in the unit of angles.
inline constexpr std::int32_t kTurn = 4096;

/// sin of `angle` (kTurn = 2 pi) times kUnit, within 0.2 % of kUnit; integers
/// only, hence the same everywhere.
///
/// @source Bhaskara I, 7th century: sin x = 16 x (pi-x) / (5 pi^2 - 4 x (pi-x))
[[nodiscard]] OMPQ_API std::int32_t fixed_sine(std::int32_t angle);
[[nodiscard]] OMPQ_API std::int32_t fixed_cosine(std::int32_t angle);

/// The things that synthetic pictures show; the first ten are the classes.
enum class Shape2d {
  Circle,
  Ring,
  Crescent,
  Drop,
  Heart,
  Triangle,
  Square,
  Star,
  Cross,
  Arrow,
  /// A long thin rectangle; clutter only.
  Bar,
  /// A closed curve without corners; clutter only.
  Blob,
};

/// Names of the ten classes, by label.
inline constexpr std::array<std::string_view, 10> kShapeClassNames = {
    "circle",
    "ring",
    "crescent",
    "drop",
    "heart",
    "triangle",
    "square",
    "star",
    "cross",
    "arrow"};

/// An example of a shape, within about kUnit of the origin. Proportions that
/// do not change what it is (width of a ring, of an arm, ...) are random.
[[nodiscard]] OMPQ_API Outline draw_shape(Shape2d shape, RandomStream& random);

/// How an outline comes into a picture.
struct Placement {
  /// Position of the origin, in 1/256 pixel.
  FixedPoint center;
  /// Length of kUnit, in 1/256 pixel.
  std::int32_t radius = 256;
  /// Rotation in [0, kTurn).
  std::int32_t angle = 0;
  /// Width : height, in percent.
  std::int32_t stretch = 100;
  /// Slant of the vertical lines, in percent.
  std::int32_t shear = 0;
  /// Deflection of a straight vertical line of length kUnit, in percent.
  std::int32_t bend = 0;
};

/// The outline bent, slanted, stretched, rotated and moved, in 1/256 pixel.
[[nodiscard]] OMPQ_API Outline
place(const Outline& outline, const Placement& placement);

}  // namespace ompq
