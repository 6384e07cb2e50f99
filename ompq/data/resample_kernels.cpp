// SPDX-License-Identifier: MIT
#include "ompq/data/resample_kernels.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace ompq::detail {
namespace {

constexpr std::int64_t kChannels = 3;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

std::uint8_t rounded(std::int32_t sum) {
  return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

}  // namespace

void resample_rows(
    const Image& source,
    std::int64_t first_row,
    const ResampleWeights& weights,
    Image& out) {
  std::uint8_t* target = out.pixels.data();
  for (std::int64_t row = 0; row < out.height; ++row) {
    const std::uint8_t* line =
        source.pixels.data() + (first_row + row) * source.width * kChannels;
    for (std::int64_t x = 0; x < weights.size(); ++x, target += kChannels) {
      const std::uint8_t* pixel = line + weights.begin(x) * kChannels;
      std::array<std::int32_t, kChannels> sums = {kHalf, kHalf, kHalf};
      for (const std::int32_t weight : weights.weights(x)) {
        sums[0] += weight * pixel[0];
        sums[1] += weight * pixel[1];
        sums[2] += weight * pixel[2];
        pixel += kChannels;
      }
      std::transform(sums.begin(), sums.end(), target, rounded);
    }
  }
}

void resample_columns(
    const Image& source, const ResampleWeights& weights, Image& out) {
  const std::int64_t row_size = source.width * kChannels;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(row_size));
  for (std::int64_t y = 0; y < out.height; ++y) {
    std::fill(sums.begin(), sums.end(), kHalf);
    const std::uint8_t* line =
        source.pixels.data() +
        (weights.begin(y) - weights.input_begin()) * row_size;
    for (const std::int32_t weight : weights.weights(y)) {
      for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] += weight * line[i];
      }
      line += row_size;
    }
    std::transform(
        sums.begin(), sums.end(), out.pixels.begin() + y * row_size, rounded);
  }
}

}  // namespace ompq::detail
