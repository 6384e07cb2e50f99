// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "ompq/graph/graph.h"

namespace ompq {

/// How the elements of the weight of Conv, ConvTranspose or Gemm are related to
/// channels. The weight is seen as a matrix whose cells hold the `inner()`
/// elements of one kernel window, row-major.
class WeightLayout {
 public:
  /// @param layer  Conv, ConvTranspose or Gemm
  /// @param shape  of its weight, two dimensions or more
  WeightLayout(const Node& layer, const Shape& shape);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] std::int64_t inner() const { return inner_; }
  [[nodiscard]] std::int64_t output_channels() const;
  [[nodiscard]] std::int64_t input_channels() const;
  /// Output channel that the weights of a cell contribute to.
  [[nodiscard]] std::size_t output_channel(
      std::int64_t row, std::int64_t column) const;
  /// Input channel that they multiply.
  [[nodiscard]] std::size_t input_channel(
      std::int64_t row, std::int64_t column) const;
  /// The same for the weight at position `index`.
  [[nodiscard]] std::size_t output_of(std::int64_t index) const;
  [[nodiscard]] std::size_t input_of(std::int64_t index) const;

 private:
  [[nodiscard]] std::int64_t group_of(std::int64_t row) const {
    return row / (rows_ / groups_);
  }

  std::int64_t rows_;
  std::int64_t columns_;
  std::int64_t inner_;
  std::int64_t groups_ = 1;
  /// Rows are input channels.
  bool is_transposed_ = false;
};

}  // namespace ompq
