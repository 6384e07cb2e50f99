// SPDX-License-Identifier: MIT
#include "ompq/data/shape_outline.h"

#include <cstddef>

#include "ompq/core/error.h"

namespace ompq {
namespace {

using Contour = std::vector<FixedPoint>;

/// Corners of the polygons that stand for curves.
constexpr std::int32_t kCurvePoints = 40;
/// Parts into which straight edges are divided, so that they can bend.
constexpr std::int32_t kEdgeParts = 4;

std::int32_t scale(std::int64_t a, std::int64_t b) {
  return static_cast<std::int32_t>(a * b / kUnit);
}

FixedPoint polar(std::int32_t radius, std::int32_t angle) {
  return {scale(radius, fixed_cosine(angle)), scale(radius, fixed_sine(angle))};
}

/// `curve(angle)` for kCurvePoints angles around the turn.
template <typename Curve>
Contour sample_curve(Curve curve) {
  Contour contour;
  for (std::int32_t i = 0; i < kCurvePoints; ++i) {
    contour.push_back(curve(i * kTurn / kCurvePoints));
  }
  return contour;
}

Contour subdivide(const Contour& corners) {
  Contour contour;
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const FixedPoint from = corners[i];
    const FixedPoint to = corners[(i + 1) % corners.size()];
    for (std::int32_t part = 0; part < kEdgeParts; ++part) {
      contour.push_back(
          {from.x + (to.x - from.x) * part / kEdgeParts,
           from.y + (to.y - from.y) * part / kEdgeParts});
    }
  }
  return contour;
}

Contour circle(std::int32_t radius) {
  return sample_curve([&](std::int32_t angle) { return polar(radius, angle); });
}

Outline ring(RandomStream& random) {
  return {circle(kUnit), circle(random.between(45, 70) * kUnit / 100)};
}

/// The moon between new and half: a half circle and a half ellipse.
Outline crescent(RandomStream& random) {
  const std::int32_t hollow = random.between(25, 50) * kUnit / 100;
  const std::int32_t shift = 6 * kUnit / 10;
  Contour contour;
  for (std::int32_t i = 0; i < kCurvePoints / 2; ++i) {
    const FixedPoint edge = polar(kUnit, i * kTurn / kCurvePoints);
    contour.push_back({edge.y - shift, edge.x});
  }
  for (std::int32_t i = kCurvePoints / 2; i > 0; --i) {
    const FixedPoint edge = polar(kUnit, i * kTurn / kCurvePoints);
    contour.push_back({scale(edge.y, hollow) - shift, edge.x});
  }
  return {contour};
}

/// x = 1.1 sin t sin^2 (t/2), y = cos t: a point at t = 0, round at t = pi.
Outline drop() {
  return {sample_curve([](std::int32_t angle) {
    const std::int32_t half = fixed_sine(angle / 2);
    const std::int32_t width = scale(fixed_sine(angle), scale(half, half));
    return FixedPoint{width * 11 / 10, fixed_cosine(angle)};
  })};
}

Outline heart() {
  return {sample_curve([](std::int32_t angle) {
    const std::int32_t sine = fixed_sine(angle);
    const std::int32_t x = 16 * scale(sine, scale(sine, sine));
    const std::int32_t y =
        13 * fixed_cosine(angle) - 5 * fixed_cosine(2 * angle) -
        2 * fixed_cosine(3 * angle) - fixed_cosine(4 * angle);
    return FixedPoint{x / 16, -y / 16};
  })};
}

Outline triangle() {
  return {subdivide(
      {polar(kUnit, 0), polar(kUnit, kTurn / 3), polar(kUnit, 2 * kTurn / 3)})};
}

Outline rectangle(std::int32_t half_width, std::int32_t half_height) {
  return {subdivide(
      {{-half_width, -half_height},
       {half_width, -half_height},
       {half_width, half_height},
       {-half_width, half_height}})};
}

Outline star(RandomStream& random) {
  const std::int32_t inner = random.between(38, 52) * kUnit / 100;
  Contour corners;
  for (std::int32_t i = 0; i < 10; ++i) {
    corners.push_back(polar(i % 2 == 0 ? kUnit : inner, i * kTurn / 10));
  }
  return {subdivide(corners)};
}

Outline cross(RandomStream& random) {
  const std::int32_t arm = random.between(22, 38) * kUnit / 100;
  const std::int32_t end = 95 * kUnit / 100;
  return {subdivide(
      {{arm, arm},
       {end, arm},
       {end, -arm},
       {arm, -arm},
       {arm, -end},
       {-arm, -end},
       {-arm, -arm},
       {-end, -arm},
       {-end, arm},
       {-arm, arm},
       {-arm, end},
       {arm, end}})};
}

Outline arrow(RandomStream& random) {
  const std::int32_t shaft = random.between(18, 30) * kUnit / 100;
  const std::int32_t head = random.between(65, 85) * kUnit / 100;
  const std::int32_t neck = random.between(-5, 20) * kUnit / 100;
  return {subdivide(
      {{kUnit, 0},
       {neck, head},
       {neck, shaft},
       {-kUnit, shaft},
       {-kUnit, -shaft},
       {neck, -shaft},
       {neck, -head}})};
}

/// r = 1 - waves of two and three periods, with random phases.
Outline blob(RandomStream& random) {
  const std::int32_t second = random.between(0, kTurn - 1);
  const std::int32_t third = random.between(0, kTurn - 1);
  return {sample_curve([&](std::int32_t angle) {
    const std::int32_t waves =
        fixed_sine(2 * angle + second) / 5 + fixed_sine(3 * angle + third) / 7;
    return polar(kUnit * 3 / 4 + waves, angle);
  })};
}

}  // namespace

std::int32_t fixed_sine(std::int32_t angle) {
  constexpr std::int64_t kHalf = kTurn / 2;
  const std::int64_t turned = ((angle % kTurn) + kTurn) % kTurn;
  const std::int64_t x = turned % kHalf;
  const std::int64_t product = x * (kHalf - x);
  const std::int64_t sine =
      16 * product * kUnit / (5 * kHalf * kHalf - 4 * product);
  return static_cast<std::int32_t>(turned < kHalf ? sine : -sine);
}

std::int32_t fixed_cosine(std::int32_t angle) {
  return fixed_sine(angle + kTurn / 4);
}

Outline draw_shape(Shape2d shape, RandomStream& random) {
  switch (shape) {
    case Shape2d::Circle:
      return {circle(95 * kUnit / 100)};
    case Shape2d::Ring:
      return ring(random);
    case Shape2d::Crescent:
      return crescent(random);
    case Shape2d::Drop:
      return drop();
    case Shape2d::Heart:
      return heart();
    case Shape2d::Triangle:
      return triangle();
    case Shape2d::Square:
      return rectangle(kUnit * 4 / 5, kUnit * 4 / 5);
    case Shape2d::Star:
      return star(random);
    case Shape2d::Cross:
      return cross(random);
    case Shape2d::Arrow:
      return arrow(random);
    case Shape2d::Bar:
      return rectangle(kUnit, kUnit / 6);
    case Shape2d::Blob:
      return blob(random);
  }
  OMPQ_ASSERT(false, "every enumerator has its case");
}

Outline place(const Outline& outline, const Placement& placement) {
  const std::int32_t cosine = fixed_cosine(placement.angle);
  const std::int32_t sine = fixed_sine(placement.angle);
  Outline placed = outline;
  for (Contour& contour : placed) {
    for (FixedPoint& point : contour) {
      const std::int32_t bow = scale(point.y, point.y) * placement.bend / 100;
      const std::int32_t slant = point.y * placement.shear / 100;
      const std::int32_t x = (point.x + bow + slant) * placement.stretch / 100;
      const std::int32_t y = point.y;
      point.x = placement.center.x +
                scale(scale(cosine, x) - scale(sine, y), placement.radius);
      point.y = placement.center.y +
                scale(scale(sine, x) + scale(cosine, y), placement.radius);
    }
  }
  return placed;
}

}  // namespace ompq
