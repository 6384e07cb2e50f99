// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

// The passes over memory of a histogram, compiled once for every instruction
// set and chosen at run time.
namespace ompq::detail {

struct Extremes {
  float minimum = 0.0F;
  float maximum = 0.0F;
  /// Neither NaN nor infinite, all of them; otherwise the extremes mean
  /// nothing.
  bool is_finite = true;
};

/// @param numbers  at least one
[[nodiscard]] Extremes find_extremes(std::span<const float> numbers);

/// How a number becomes the position of its counter.
struct SlotRule {
  /// 1 / bin width, a power of two.
  float per_width = 1.0F;
  /// Bins in memory, a power of two; zeros have the slot after them.
  std::int32_t bins = 64;
};

/// positions[i] = 4 * slot(numbers[i]) + i % 4, with
///
///   slot(x) = floor(x / width) modulo bins, or `bins` for x = 0
///
/// |x / width| must be below 2^24, so that all of this is exact.
void find_positions(
    const SlotRule& rule,
    std::span<const float> numbers,
    std::span<std::uint32_t> positions);

}  // namespace ompq::detail
