// SPDX-License-Identifier: MIT
#include "ompq/graph/weight_layout.h"

namespace ompq {

WeightLayout::WeightLayout(const Node& layer, const Shape& shape)
    : rows_(shape[0]),
      columns_(shape[1]),
      inner_(element_count(Shape(shape.begin() + 2, shape.end()))) {
  if (layer.op_type == "Gemm") {
    is_transposed_ = layer.integer("transB", 0) == 0;
  } else {
    is_transposed_ = layer.op_type == "ConvTranspose";
    groups_ = layer.integer("group", 1);
  }
}

std::int64_t WeightLayout::output_channels() const {
  return is_transposed_ ? columns_ * groups_ : rows_;
}

std::int64_t WeightLayout::input_channels() const {
  return is_transposed_ ? rows_ : columns_ * groups_;
}

std::size_t WeightLayout::output_channel(
    std::int64_t row, std::int64_t column) const {
  return static_cast<std::size_t>(
      is_transposed_ ? group_of(row) * columns_ + column : row);
}

std::size_t WeightLayout::input_channel(
    std::int64_t row, std::int64_t column) const {
  return static_cast<std::size_t>(
      is_transposed_ ? row : group_of(row) * columns_ + column);
}

std::size_t WeightLayout::output_of(std::int64_t index) const {
  return output_channel(index / inner_ / columns_, index / inner_ % columns_);
}

std::size_t WeightLayout::input_of(std::int64_t index) const {
  return input_channel(index / inner_ / columns_, index / inner_ % columns_);
}

}  // namespace ompq
