// SPDX-License-Identifier: MIT
#include "ompq/data/canvas.h"

#include <numbers>
#include <numeric>

#include <gtest/gtest.h>

namespace ompq {
namespace {

constexpr std::int32_t kPixel = 256;
constexpr Paint kWhite = {.first = {255, 255, 255}};

Outline rectangle(
    std::int32_t left,
    std::int32_t top,
    std::int32_t right,
    std::int32_t bottom) {
  return {{{left, top}, {right, top}, {right, bottom}, {left, bottom}}};
}

int red(const Image& image, std::int64_t y, std::int64_t x) {
  return image.pixels[static_cast<std::size_t>((y * image.width + x) * 3)];
}

TEST(Canvas, PaintsPixelsInsideAndLeavesThoseOutside) {
  Canvas canvas(4, 4);
  canvas.draw(rectangle(kPixel, kPixel, 3 * kPixel, 2 * kPixel), kWhite, 100);

  const Image image = canvas.image();

  for (std::int64_t y = 0; y < 4; ++y) {
    for (std::int64_t x = 0; x < 4; ++x) {
      const bool inside = y == 1 && (x == 1 || x == 2);
      EXPECT_EQ(red(image, y, x), inside ? 255 : 0) << y << ", " << x;
    }
  }
}

TEST(Canvas, MixesWhereAPixelIsCoveredInPart) {
  Canvas canvas(1, 3);
  canvas.draw(rectangle(kPixel / 4, 0, 2 * kPixel, kPixel / 2), kWhite, 100);

  const Image image = canvas.image();

  EXPECT_NEAR(red(image, 0, 0), 255 * 0.75 * 0.5, 1);
  EXPECT_NEAR(red(image, 0, 1), 255 * 0.5, 1);
  EXPECT_EQ(red(image, 0, 2), 0);
}

TEST(Canvas, ClipsWhatReachesBeyondItsEdges) {
  Canvas canvas(2, 2);
  canvas.draw(
      rectangle(-9 * kPixel, -9 * kPixel, 9 * kPixel, 9 * kPixel), kWhite, 100);

  for (const std::uint8_t level : canvas.image().pixels) {
    EXPECT_EQ(level, 255);
  }
}

TEST(Canvas, LeavesHolesOpen) {
  Canvas canvas(32, 32);
  RandomStream random(1);
  const Outline ring = place(
      draw_shape(Shape2d::Ring, random),
      {.center = {16 * kPixel, 16 * kPixel}, .radius = 12 * kPixel});
  canvas.draw(ring, kWhite, 100);

  EXPECT_EQ(red(canvas.image(), 16, 16), 0);
  EXPECT_EQ(red(canvas.image(), 16, 16 + 10), 255);
}

TEST(Canvas, CoversTheAreaOfACircle) {
  Canvas canvas(32, 32);
  RandomStream random(1);
  const Outline circle = place(
      draw_shape(Shape2d::Circle, random),
      {.center = {16 * kPixel, 16 * kPixel}, .radius = 12 * kPixel});
  canvas.draw(circle, kWhite, 100);

  const Image image = canvas.image();
  const double area =
      std::accumulate(image.pixels.begin(), image.pixels.end(), 0.0) / 3 / 255;

  const double radius = 0.95 * 12;
  EXPECT_NEAR(area, std::numbers::pi * radius * radius, 0.02 * area);
}

TEST(Canvas, KeepsAnEvenSurfaceWhenBlurred) {
  Canvas canvas(5, 5);
  canvas.fill({.first = {40, 80, 120}});
  const Image before = canvas.image();

  canvas.blur();

  EXPECT_EQ(canvas.image().pixels, before.pixels);
}

}  // namespace
}  // namespace ompq
