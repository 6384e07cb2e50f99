// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

namespace ompq::detail {

/// Exponent of a loss, and a polynomial for errors of up to half a step:
///
///   e^power ~ e * sum_j c_j e^j,   0 <= e <= 1/2
///
/// interpolated in Chebyshev's nodes. For the power 2.4 it is off by 0.025 % of
/// the average of e^power, three times as fast as the power itself.
class ErrorPower {
 public:
  static constexpr std::size_t kTerms = 6;

  /// @param power  positive
  explicit ErrorPower(double power);

  [[nodiscard]] double power() const { return power_; }
  [[nodiscard]] bool is_square() const { return power_ == 2.0; }
  /// Average of e^power for errors spread evenly over a step.
  [[nodiscard]] double average() const { return average_; }
  /// The polynomial is good enough to compare losses.
  [[nodiscard]] bool has_polynomial() const { return has_polynomial_; }
  /// c_0, c_1, ...
  [[nodiscard]] const std::array<float, kTerms>& polynomial() const {
    return polynomial_;
  }

 private:
  double power_ = 2.0;
  double average_ = 0.0;
  bool has_polynomial_ = false;
  std::array<float, kTerms> polynomial_{};
};

}  // namespace ompq::detail
