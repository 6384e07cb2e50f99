// SPDX-License-Identifier: MIT
#include "ompq/data/canvas.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace ompq {
namespace {

constexpr std::int32_t kLines = 4;
constexpr std::int32_t kFullCoverage = kLines * kPixel;
constexpr std::int32_t kLevel = 256;

std::int32_t floor_divide(std::int32_t value, std::int32_t divisor) {
  const std::int32_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

/// x of the points where the horizontal at `y` crosses the outline, ascending.
std::vector<std::int32_t> crossings(const Outline& outline, std::int32_t y) {
  std::vector<std::int32_t> found;
  for (const std::vector<FixedPoint>& contour : outline) {
    FixedPoint from = contour.back();
    for (const FixedPoint& to : contour) {
      if ((from.y <= y) != (to.y <= y)) {
        const std::int64_t run = to.x - from.x;
        found.push_back(
            from.x +
            static_cast<std::int32_t>(run * (y - from.y) / (to.y - from.y)));
      }
      from = to;
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// Adds what the interval [from, to) covers of each pixel of a row.
void cover_span(
    std::int32_t from, std::int32_t to, std::span<std::int32_t> row) {
  from = std::max(from, 0);
  to = std::min(to, static_cast<std::int32_t>(row.size()) * kPixel);
  for (std::int32_t start = from; start < to;) {
    const std::int32_t pixel = start / kPixel;
    const std::int32_t end = std::min(to, (pixel + 1) * kPixel);
    row[static_cast<std::size_t>(pixel)] += end - start;
    start = end;
  }
}

}  // namespace

Canvas::Canvas(std::int32_t height, std::int32_t width)
    : height_(height),
      width_(width),
      levels_(static_cast<std::size_t>(height) * width * 3, 0) {}

void Canvas::fill(const Paint& paint) {
  std::size_t index = 0;
  for (std::int32_t y = 0; y < height_; ++y) {
    for (std::int32_t x = 0; x < width_; ++x) {
      for (const std::int32_t channel : paint.at(x, y)) {
        levels_[index++] = channel * kLevel;
      }
    }
  }
}

void Canvas::cover_line(
    const Outline& outline,
    std::int32_t line,
    std::vector<std::int32_t>& coverage) const {
  const std::int32_t y = (2 * line + 1) * kPixel / (2 * kLines);
  const std::span<std::int32_t> row(
      coverage.data() + static_cast<std::ptrdiff_t>(line / kLines) * width_,
      static_cast<std::size_t>(width_));
  const std::vector<std::int32_t> edges = crossings(outline, y);
  for (std::size_t i = 0; i + 1 < edges.size(); i += 2) {
    cover_span(edges[i], edges[i + 1], row);
  }
}

std::vector<std::int32_t> Canvas::coverage(const Outline& outline) const {
  std::vector<std::int32_t> covered(
      static_cast<std::size_t>(height_) * width_, 0);
  std::int32_t top = height_ * kPixel;
  std::int32_t bottom = 0;
  for (const std::vector<FixedPoint>& contour : outline) {
    for (const FixedPoint& point : contour) {
      top = std::min(top, point.y);
      bottom = std::max(bottom, point.y);
    }
  }
  const std::int32_t first = std::max(0, floor_divide(top, kPixel) * kLines);
  const std::int32_t last =
      std::min(height_, floor_divide(bottom, kPixel) + 1) * kLines;
  for (std::int32_t line = first; line < last; ++line) {
    cover_line(outline, line, covered);
  }
  return covered;
}

void Canvas::draw(
    const Outline& outline, const Paint& paint, std::int32_t opacity) {
  const std::vector<std::int32_t> covered = coverage(outline);
  for (std::size_t pixel = 0; pixel < covered.size(); ++pixel) {
    if (covered[pixel] == 0) {
      continue;
    }
    const auto position = static_cast<std::int32_t>(pixel);
    const Color color = paint.at(position % width_, position / width_);
    const std::int32_t share = covered[pixel] * opacity / 100;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      std::int32_t& level = levels_[pixel * 3 + channel];
      level += (color[channel] * kLevel - level) * share / kFullCoverage;
    }
  }
}

void Canvas::light(std::int32_t from, std::int32_t to, std::int32_t angle) {
  const std::int32_t along_x = fixed_cosine(angle);
  const std::int32_t along_y = fixed_sine(angle);
  const std::int32_t extent = (height_ + width_) * kUnit / 2;
  std::size_t index = 0;
  for (std::int32_t y = 0; y < height_; ++y) {
    for (std::int32_t x = 0; x < width_; ++x) {
      const std::int32_t distance = (2 * x - width_ + 1) * along_x / 2 +
                                    (2 * y - height_ + 1) * along_y / 2;
      const std::int32_t percent =
          (from + to) / 2 + (to - from) * (distance / 64) / (extent / 64);
      for (std::size_t channel = 0; channel < 3; ++channel, ++index) {
        levels_[index] = levels_[index] * percent / 100;
      }
    }
  }
}

void Canvas::blur() {
  const std::vector<std::int32_t> sharp = levels_;
  const auto level = [&](std::int32_t y, std::int32_t x, std::int32_t channel) {
    const std::int32_t row = std::clamp(y, 0, height_ - 1);
    const std::int32_t column = std::clamp(x, 0, width_ - 1);
    return sharp[static_cast<std::size_t>(
        (row * width_ + column) * 3 + channel)];
  };
  const auto across = [&](std::int32_t y, std::int32_t x, std::int32_t c) {
    return level(y, x - 1, c) + 2 * level(y, x, c) + level(y, x + 1, c);
  };
  std::size_t index = 0;
  for (std::int32_t y = 0; y < height_; ++y) {
    for (std::int32_t x = 0; x < width_; ++x) {
      for (std::int32_t c = 0; c < 3; ++c) {
        levels_[index++] =
            (across(y - 1, x, c) + 2 * across(y, x, c) + across(y + 1, x, c)) /
            16;
      }
    }
  }
}

void Canvas::add_noise(std::int32_t amplitude, RandomStream& random) {
  for (std::int32_t& level : levels_) {
    const std::int32_t noise = random.between(-amplitude, amplitude) +
                               random.between(-amplitude, amplitude);
    level += noise * kLevel;
  }
}

Image Canvas::image() const {
  Image image{height_, width_, {}};
  image.pixels.reserve(levels_.size());
  for (const std::int32_t level : levels_) {
    const std::int32_t rounded = (level + kLevel / 2) / kLevel;
    image.pixels.push_back(
        static_cast<std::uint8_t>(std::clamp(rounded, 0, 255)));
  }
  return image;
}

}  // namespace ompq
