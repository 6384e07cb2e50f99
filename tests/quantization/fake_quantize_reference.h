// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <hwy/highway.h>
#include <hwy/targets.h>

#include "ompq/quantization/fake_quantize.h"

namespace ompq::test {

/// The code of x before saturation, in plain float64 arithmetic after the one
/// float32 division that ONNX defines.
inline double plain_unsaturated(const FakeQuantize& f, float x) {
  const float quotient = x / f.parameters.scale;
  return std::nearbyint(static_cast<double>(quotient)) +
         static_cast<double>(f.parameters.zero_point);
}

inline std::int32_t plain_code(const FakeQuantize& f, float x) {
  if (std::isnan(x)) {
    return f.parameters.zero_point;
  }
  return static_cast<std::int32_t>(std::clamp(
      plain_unsaturated(f, x),
      static_cast<double>(f.grid.lowest()),
      static_cast<double>(f.grid.highest())));
}

inline float plain_clamp(const FakeQuantize& f, float x) {
  return std::min(std::max(x, f.low), f.high);
}

inline float plain_value(const FakeQuantize& f, float x) {
  if (std::isnan(x)) {
    return 0.0F;
  }
  const std::int32_t code = plain_code(f, plain_clamp(f, x));
  return static_cast<float>(code - f.parameters.zero_point) *
         f.parameters.scale;
}

/// Numbers about the grid: uniform, ties, both ends, and those that are not
/// ordinary.
inline std::vector<float> samples_about(
    const FakeQuantize& f, std::size_t size, std::uint64_t seed) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kSpecial[] = {
      0.0F,
      -0.0F,
      kInfinity,
      -kInfinity,
      std::numeric_limits<float>::quiet_NaN(),
      std::numeric_limits<float>::denorm_min(),
      -std::numeric_limits<float>::min() / 2,
      std::numeric_limits<float>::max(),
      -std::numeric_limits<float>::max()};
  std::mt19937_64 generator(seed);
  const double scale = static_cast<double>(f.parameters.scale);
  const double steps = static_cast<double>(f.grid.steps());
  const double first =
      static_cast<double>(f.grid.lowest() - f.parameters.zero_point);
  std::uniform_real_distribution<double> about(-0.2 * steps - 2, steps + 3);
  std::vector<float> x(size);
  for (float& value : x) {
    const double place = first + about(generator);
    const std::uint64_t kind = generator() % 16;
    if (kind == 0) {
      value = kSpecial[generator() % std::size(kSpecial)];
    } else if (kind < 4) {
      value = static_cast<float>((std::floor(place) + 0.5) * scale);
    } else if (kind < 6) {
      const float tie = static_cast<float>((std::floor(place) + 0.5) * scale);
      value = std::nextafter(tie, kind == 4 ? kInfinity : -kInfinity);
    } else {
      value = static_cast<float>(place * scale);
    }
  }
  return x;
}

inline std::vector<float> random_gradient(
    std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> dy(size);
  std::generate(dy.begin(), dy.end(), [&] { return normal(generator); });
  return dy;
}

/// Grids of every width, signed and not, with zero points at both ends and
/// between, each with a scale of its own.
inline std::vector<FakeQuantize> all_grids() {
  std::vector<FakeQuantize> all;
  for (int bits = 1; bits <= 16; ++bits) {
    for (const bool is_signed : {false, true}) {
      const IntegerGrid grid{.bits = bits, .is_signed = is_signed};
      const std::int32_t middle = (grid.lowest() + grid.highest() + 1) / 2;
      for (const auto zero : {grid.lowest(), middle, grid.highest()}) {
        const auto count = static_cast<float>(all.size());
        all.push_back(
            {.grid = grid,
             .parameters = {
                 .scale = 0.013F * std::exp(0.37F * count - 15.0F),
                 .zero_point = zero}});
      }
    }
  }
  return all;
}

/// Runs the body with each instruction set of this processor.
inline void on_every_instruction_set(const std::function<void()>& body) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    const testing::ScopedTrace trace(
        __FILE__, __LINE__, hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(target);
    body();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace ompq::test
