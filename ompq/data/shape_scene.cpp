// SPDX-License-Identifier: MIT
#include "ompq/data/shape_scene.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include "ompq/data/canvas.h"
#include "ompq/data/paint.h"

namespace ompq {
namespace {

/// The pictures are drawn for 32 pixels; how hard they are is decided here.
constexpr std::int32_t kSmallestRadius = 7 * kPixel;
constexpr std::int32_t kLargestRadius = 13 * kPixel;
constexpr std::int32_t kLeastContrast = 45;
constexpr std::int32_t kMostDistractors = 5;
constexpr std::int32_t kMostOccluders = 2;
constexpr std::int32_t kMostNoise = 24;

Color random_color(RandomStream& random) {
  Color color{};
  for (std::int32_t& channel : color) {
    channel = random.between(10, 245);
  }
  return color;
}

/// A colour within `spread` of another.
Color vary(const Color& color, std::int32_t spread, RandomStream& random) {
  Color varied{};
  for (std::size_t channel = 0; channel < varied.size(); ++channel) {
    const std::int32_t level = color[channel] + random.between(-spread, spread);
    varied[channel] = std::clamp(level, 0, 255);
  }
  return varied;
}

/// Difference as it strikes the eye, 0 to 255: green counts most, blue least.
std::int32_t contrast(const Color& a, const Color& b) {
  return (3 * std::abs(a[0] - b[0]) + 5 * std::abs(a[1] - b[1]) +
          2 * std::abs(a[2] - b[2])) /
         10;
}

Paint random_paint(
    const Color& color, std::int32_t spread, RandomStream& random) {
  Paint paint;
  paint.pattern = static_cast<Paint::Pattern>(random.between(0, 4));
  paint.first = vary(color, spread, random);
  paint.second = vary(color, spread, random);
  paint.angle = random.between(0, kTurn - 1);
  paint.period = random.between(3 * kPixel, 10 * kPixel);
  paint.phase = random.between(0, 1 << 20);
  return paint;
}

/// A paint whose mean differs from another's at least by kLeastContrast.
Paint contrasting_paint(const Paint& ground, RandomStream& random) {
  Paint paint = random_paint(random_color(random), 45, random);
  while (contrast(paint.mean(), ground.mean()) < kLeastContrast) {
    paint = random_paint(random_color(random), 45, random);
  }
  return paint;
}

Placement random_placement(RandomStream& random) {
  Placement placement;
  placement.angle = random.between(0, kTurn - 1);
  placement.stretch = random.between(75, 125);
  placement.shear = random.between(-20, 20);
  placement.bend = random.between(-18, 18);
  return placement;
}

/// A thing of 15 to 40 % of the main shape's size, anywhere.
void draw_distractor(
    Canvas& canvas,
    std::int32_t side,
    std::int32_t main_radius,
    RandomStream& random) {
  const auto shape = static_cast<Shape2d>(
      random.between(0, static_cast<std::int32_t>(Shape2d::Blob)));
  Placement placement = random_placement(random);
  placement.center.x = random.between(0, side * kPixel);
  placement.center.y = random.between(0, side * kPixel);
  placement.radius = main_radius * random.between(15, 40) / 100;
  const Outline outline = place(draw_shape(shape, random), placement);
  canvas.draw(
      outline,
      random_paint(random_color(random), 40, random),
      random.between(70, 100));
}

/// A bar or blob that covers a part of the main shape near its edge.
void draw_occluder(
    Canvas& canvas, const Placement& main, RandomStream& random) {
  const Shape2d shape = random.chance(50) ? Shape2d::Bar : Shape2d::Blob;
  Placement placement = random_placement(random);
  const std::int32_t angle = random.between(0, kTurn - 1);
  const std::int32_t distance = main.radius * random.between(50, 110) / 100;
  placement.center.x = main.center.x + distance * fixed_cosine(angle) / kUnit;
  placement.center.y = main.center.y + distance * fixed_sine(angle) / kUnit;
  const std::int32_t percent =
      shape == Shape2d::Bar ? random.between(50, 100) : random.between(25, 45);
  placement.radius = main.radius * percent / 100;
  const Outline outline = place(draw_shape(shape, random), placement);
  canvas.draw(outline, random_paint(random_color(random), 30, random), 100);
}

Placement main_placement(std::int32_t side, RandomStream& random) {
  Placement placement = random_placement(random);
  placement.radius = random.between(kSmallestRadius, kLargestRadius);
  const std::int32_t middle = side * kPixel / 2;
  // The middle moves by what is left beside the shape, and a little beyond.
  const std::int32_t room = middle - placement.radius * 9 / 10;
  placement.center.x = middle + random.between(-room, room);
  placement.center.y = middle + random.between(-room, room);
  return placement;
}

void finish(Canvas& canvas, RandomStream& random) {
  const std::int32_t from = random.between(70, 125);
  const std::int32_t to = random.between(70, 125);
  canvas.light(from, to, random.between(0, kTurn - 1));
  if (random.chance(30)) {
    canvas.blur();
  }
  canvas.add_noise(random.between(2, kMostNoise), random);
}

}  // namespace

Image paint_scene(Shape2d shape, std::int32_t side, RandomStream& random) {
  Canvas canvas(side, side);
  const Paint ground = random_paint(random_color(random), 60, random);
  canvas.fill(ground);
  const Placement main = main_placement(side, random);
  const std::int32_t distractors = random.between(1, kMostDistractors);
  for (std::int32_t i = 0; i < distractors; ++i) {
    draw_distractor(canvas, side, main.radius, random);
  }
  const Outline outline = place(draw_shape(shape, random), main);
  canvas.draw(outline, contrasting_paint(ground, random), 100);
  const std::int32_t occluders = random.between(0, kMostOccluders);
  for (std::int32_t i = 0; i < occluders; ++i) {
    draw_occluder(canvas, main, random);
  }
  finish(canvas, random);
  return canvas.image();
}

}  // namespace ompq
