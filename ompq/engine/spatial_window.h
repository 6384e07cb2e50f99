// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/graph/graph.h"

namespace ompq {

/// How the pads of a window are found.
enum class AutoPad {
  /// As the attribute `pads` says; 0 without it.
  Explicit,
  /// Output size ceil(input / stride); an odd pad goes to the end.
  SameUpper,
  /// Likewise; an odd pad goes to the beginning.
  SameLower,
  /// No pads.
  Valid,
};

/// A window that slides over given spatial sizes; one entry per spatial axis.
struct SpatialWindow {
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dilation;
  std::vector<std::int64_t> pad_begin;
  std::vector<std::int64_t> pad_end;
  /// Number of window positions.
  std::vector<std::int64_t> output;

  [[nodiscard]] std::size_t rank() const { return kernel.size(); }
  /// Input elements from the first to the last that a window touches.
  [[nodiscard]] std::int64_t extent(std::size_t axis) const {
    return dilation[axis] * (kernel[axis] - 1) + 1;
  }
  [[nodiscard]] bool is_dilated() const;
};

/// The attributes `strides`, `dilations`, `pads`, `auto_pad`, `kernel_shape`
/// and `ceil_mode` of Conv, ConvTranspose and the pools.
class WindowAttributes {
 public:
  /// @throws Error{InvalidModel}  a value is out of range, auto_pad is unknown
  explicit WindowAttributes(const Node& node);

  [[nodiscard]] AutoPad auto_pad() const { return auto_pad_; }
  /// Empty if the node does not say.
  [[nodiscard]] const std::vector<std::int64_t>& kernel() const {
    return kernel_;
  }

  /// The window for spatial input sizes `input`, with `kernel` in place of
  /// kernel_shape.
  ///
  /// @throws Error{ShapeMismatch}  lengths differ, kernel_shape is another one,
  ///                               or the window is larger than the input
  [[nodiscard]] SpatialWindow over(
      const std::vector<std::int64_t>& input,
      const std::vector<std::int64_t>& kernel) const;

  /// Strides, dilations and pads only, with defaults filled in: what a
  /// transposed convolution needs. `output` stays empty.
  [[nodiscard]] SpatialWindow unplaced(
      const std::vector<std::int64_t>& kernel) const;

 private:
  AutoPad auto_pad_;
  bool ceil_mode_;
  std::vector<std::int64_t> kernel_;
  std::vector<std::int64_t> strides_;
  std::vector<std::int64_t> dilations_;
  std::vector<std::int64_t> pads_;
};

/// Sizes of the axes after the first two: [N, C, spatial...].
[[nodiscard]] std::vector<std::int64_t> spatial_sizes(const at::Tensor& input);

/// `input` with `value` before and after each spatial axis; negative amounts
/// crop. Keeps the memory format.
[[nodiscard]] at::Tensor pad_spatial(
    const at::Tensor& input,
    const std::vector<std::int64_t>& begin,
    const std::vector<std::int64_t>& end,
    double value);

}  // namespace ompq
