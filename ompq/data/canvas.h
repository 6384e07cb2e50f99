// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"
#include "ompq/data/paint.h"
#include "ompq/data/random_stream.h"
#include "ompq/data/shape_outline.h"

namespace ompq {

/// A picture that shapes are painted on, in integers only: the same calls give
/// the same bytes everywhere.
class OMPQ_API Canvas {
 public:
  Canvas(std::int32_t height, std::int32_t width);

  /// Covers the whole canvas.
  void fill(const Paint& paint);

  /// Paints the inside of `outline` (1/256 pixel), edges antialiased: four
  /// lines a pixel, each covered exactly.
  ///
  /// @param opacity  in percent
  void draw(const Outline& outline, const Paint& paint, std::int32_t opacity);

  /// Multiplies by a brightness that changes linearly across the picture, from
  /// `from` to `to` percent in direction `angle`.
  void light(std::int32_t from, std::int32_t to, std::int32_t angle);

  /// Each pixel becomes the mean of itself and its neighbours, weighted 1:2:1
  /// in both directions.
  void blur();

  /// Adds to every channel of every pixel the sum of two uniform numbers of
  /// [-amplitude, amplitude].
  void add_noise(std::int32_t amplitude, RandomStream& random);

  /// The picture, rounded and limited to 0..255.
  [[nodiscard]] Image image() const;

 private:
  /// Part of each pixel that `outline` covers, 0 to kFullCoverage.
  [[nodiscard]] std::vector<std::int32_t> coverage(
      const Outline& outline) const;
  void cover_line(
      const Outline& outline,
      std::int32_t line,
      std::vector<std::int32_t>& coverage) const;

  std::int32_t height_;
  std::int32_t width_;
  /// [height, width, 3], in 1/256 of a grey level.
  std::vector<std::int32_t> levels_;
};

}  // namespace ompq
