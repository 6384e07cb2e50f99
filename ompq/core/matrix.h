// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ompq {

/// A dense matrix of float64, row-major.
class Matrix {
 public:
  Matrix() = default;
  /// All elements are 0.
  Matrix(std::int64_t rows, std::int64_t columns)
      : rows_(rows),
        columns_(columns),
        elements_(static_cast<std::size_t>(rows * columns), 0.0) {}

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }

  [[nodiscard]] double& operator()(std::int64_t row, std::int64_t column) {
    return elements_[static_cast<std::size_t>(row * columns_ + column)];
  }
  [[nodiscard]] double operator()(std::int64_t row, std::int64_t column) const {
    return elements_[static_cast<std::size_t>(row * columns_ + column)];
  }

  /// All elements, row after row.
  [[nodiscard]] const std::vector<double>& elements() const {
    return elements_;
  }
  [[nodiscard]] std::vector<double>& elements() { return elements_; }

  friend bool operator==(const Matrix&, const Matrix&) = default;

 private:
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  std::vector<double> elements_;
};

}  // namespace ompq
