// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ompq::detail {

/// Numbers in ascending order with the weight of each one's error; followed by
/// zeros in memory, so that whole vectors can be read.
class WeightedNumbers {
 public:
  /// @param weights  empty: 1 each; otherwise one for each number, >= 0
  void assign(std::span<const float> numbers, std::span<const float> weights);

  /// Of more than 128 numbers about 96 are left: the outermost ones, and of
  /// equal stretches between them the middle one with the stretch's weight.
  void thin();

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] const float* numbers() const { return numbers_.data(); }
  /// Null: 1 each.
  [[nodiscard]] const float* weights() const {
    return weights_.empty() ? nullptr : weights_.data();
  }
  [[nodiscard]] double weight_sum() const { return weight_sum_; }

 private:
  std::int64_t size_ = 0;
  std::vector<float> numbers_;
  std::vector<float> weights_;
  double weight_sum_ = 0.0;
};

}  // namespace ompq::detail
