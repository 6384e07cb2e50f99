// SPDX-License-Identifier: MIT
#include "ompq/quantization/weighted_numbers.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <tuple>
#include <utility>

namespace ompq::detail {
namespace {

/// Numbers in the longest vector of any instruction set, 256 bytes.
constexpr std::size_t kPadding = 64;

}  // namespace

void WeightedNumbers::assign(
    std::span<const float> numbers, std::span<const float> weights) {
  const std::size_t padded = numbers.size() + kPadding;
  size_ = std::ssize(numbers);
  numbers_.assign(padded, 0.0F);
  weights_.assign(weights.empty() ? 0 : padded, 0.0F);
  if (weights.empty()) {
    std::copy(numbers.begin(), numbers.end(), numbers_.begin());
    std::sort(numbers_.begin(), numbers_.begin() + size_);
    weight_sum_ = static_cast<double>(size_);
    return;
  }
  std::vector<std::pair<float, float>> pairs(numbers.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    pairs[i] = {numbers[i], weights[i]};
  }
  if (!std::is_sorted(numbers.begin(), numbers.end())) {
    std::sort(pairs.begin(), pairs.end());
  }
  weight_sum_ = 0.0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    std::tie(numbers_[i], weights_[i]) = pairs[i];
    weight_sum_ += static_cast<double>(weights_[i]);
  }
}

void WeightedNumbers::thin() {
  constexpr std::size_t kMost = 128;
  constexpr std::size_t kLeft = 96;
  constexpr std::size_t kOutermost = 8;
  const auto size = static_cast<std::size_t>(size_);
  if (size <= kMost) {
    return;
  }
  const std::size_t inner_end = size - kOutermost;
  const std::size_t stretch =
      (size - 2 * kOutermost) / (kLeft - 2 * kOutermost);
  std::vector<float> numbers;
  std::vector<float> weights;
  const auto keep = [&](std::size_t first, std::size_t end) {
    numbers.push_back(numbers_[first + (end - first) / 2]);
    float sum = static_cast<float>(end - first);
    if (!weights_.empty()) {
      sum =
          std::accumulate(weights_.data() + first, weights_.data() + end, 0.0F);
    }
    weights.push_back(sum);
  };
  for (std::size_t i = 0; i < kOutermost; ++i) {
    keep(i, i + 1);
  }
  for (std::size_t i = kOutermost; i < inner_end; i += stretch) {
    keep(i, std::min(i + stretch, inner_end));
  }
  for (std::size_t i = inner_end; i < size; ++i) {
    keep(i, i + 1);
  }
  assign(numbers, weights);
}

}  // namespace ompq::detail
