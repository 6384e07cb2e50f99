// SPDX-License-Identifier: MIT
#include "ompq/quantization/weighted_numbers.h"

#include <algorithm>
#include <cstddef>
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

}  // namespace ompq::detail
