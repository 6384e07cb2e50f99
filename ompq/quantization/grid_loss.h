// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ompq/quantization/integer_grid.h"

// How well a uniform grid represents numbers, compiled once for every
// instruction set and chosen at run time.
namespace ompq::detail {

/// Numbers with the weight of each one's error; followed by zeros in memory, so
/// that whole vectors can be read.
class WeightedNumbers {
 public:
  /// @param weights  empty: 1 each; otherwise one for each number, >= 0
  void assign(std::span<const float> numbers, std::span<const float> weights);

  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] const float* numbers() const { return numbers_.data(); }
  /// Null: 1 each.
  [[nodiscard]] const float* weights() const {
    return weights_.empty() ? nullptr : weights_.data();
  }

 private:
  std::int64_t size_ = 0;
  std::vector<float> numbers_;
  std::vector<float> weights_;
};

/// losses[i] = sum weight * |x - fq_i(x)|^power for each candidate i.
///
/// Codes are rounded from x * (1 / scale) and not from x / scale: the loss is
/// continuous where the code changes, so both give the same up to rounding.
///
/// @param power  positive; other values than 2 have a relative error of 1e-5
void grid_losses(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses);

/// The scale that fits best if every number keeps its code k = q - zero_point:
///
///   s = (sum u x k) / (sum u k^2),   u = weight * |x - fq(x)|^(power - 2)
///
/// For power 2 this is the minimum; otherwise a step of iteratively reweighted
/// least squares. Returns the old scale where the step is undefined.
[[nodiscard]] float refit_scale(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    const AffineParameters& parameters);

}  // namespace ompq::detail
