// SPDX-License-Identifier: MIT
#include "ompq/data/paint.h"

#include <cstddef>
#include <cstdint>

#include "ompq/data/random_stream.h"
#include "ompq/data/shape_outline.h"

namespace ompq {
namespace {

/// Share of the second colour, 0 to kFull.
constexpr std::int32_t kFull = 256;

std::int32_t wrap(std::int32_t value, std::int32_t period) {
  return ((value % period) + period) % period;
}

/// 0 to kFull and back once a period.
std::int32_t wave(std::int32_t position, std::int32_t period) {
  const std::int32_t share = wrap(position, period) * 2 * kFull / period;
  return share < kFull ? share : 2 * kFull - share;
}

/// Makes the middle of a wave steeper, so that stripes have edges.
std::int32_t sharpen(std::int32_t share) {
  const std::int32_t steep = kFull / 2 + (share - kFull / 2) * 3;
  return steep < 0 ? 0 : (steep > kFull ? kFull : steep);
}

/// Random value of a lattice point, 0 to kFull - 1.
std::int32_t lattice(std::int32_t column, std::int32_t row, std::int32_t seed) {
  const std::uint64_t key =
      (static_cast<std::uint64_t>(static_cast<std::uint32_t>(seed)) << 32U) ^
      static_cast<std::uint64_t>(row * 1024 + column);
  return static_cast<std::int32_t>(RandomStream::mix(key) % kFull);
}

/// Between lattice values, smooth: 3 t^2 - 2 t^3.
std::int32_t blend(std::int32_t a, std::int32_t b, std::int32_t t) {
  const std::int32_t smooth = t * t * (3 * kFull - 2 * t) / (kFull * kFull);
  return a + (b - a) * smooth / kFull;
}

std::int32_t clouds(
    std::int32_t x, std::int32_t y, std::int32_t period, std::int32_t seed) {
  const std::int32_t column = x / period;
  const std::int32_t row = y / period;
  const std::int32_t right = x % period * kFull / period;
  const std::int32_t down = y % period * kFull / period;
  const auto mix_row = [&](std::int32_t r) {
    return blend(lattice(column, r, seed), lattice(column + 1, r, seed), right);
  };
  return blend(mix_row(row), mix_row(row + 1), down);
}

std::int32_t share_of_second(
    const Paint& paint, std::int32_t x, std::int32_t y) {
  const std::int32_t cosine = fixed_cosine(paint.angle);
  const std::int32_t sine = fixed_sine(paint.angle);
  const std::int32_t along = (x * cosine + y * sine) / kUnit + paint.phase;
  const std::int32_t across = (y * cosine - x * sine) / kUnit + paint.phase;
  switch (paint.pattern) {
    case Paint::Pattern::Plain:
      return 0;
    case Paint::Pattern::Gradient:
      return wave(along, 8 * paint.period);
    case Paint::Pattern::Stripes:
      return sharpen(wave(along, paint.period));
    case Paint::Pattern::Checker: {
      const std::int32_t a = sharpen(wave(along, paint.period));
      const std::int32_t b = sharpen(wave(across, paint.period));
      return a + b - 2 * a * b / kFull;
    }
    case Paint::Pattern::Clouds:
      return (2 * clouds(x, y, paint.period, paint.phase) +
              clouds(x, y, paint.period / 2, paint.phase + 1)) /
             3;
  }
  return 0;
}

}  // namespace

Color Paint::mean() const {
  Color color{};
  for (std::size_t channel = 0; channel < color.size(); ++channel) {
    color[channel] = (first[channel] + second[channel]) / 2;
  }
  return color;
}

Color Paint::at(std::int32_t x, std::int32_t y) const {
  const std::int32_t share =
      share_of_second(*this, x * kPixel + kPixel / 2, y * kPixel + kPixel / 2);
  Color color{};
  for (std::size_t channel = 0; channel < color.size(); ++channel) {
    color[channel] =
        first[channel] + (second[channel] - first[channel]) * share / kFull;
  }
  return color;
}

}  // namespace ompq
