// SPDX-License-Identifier: MIT
#include "ompq/engine/spatial_window.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

AutoPad parse_auto_pad(const std::string& text) {
  if (text == "NOTSET" || text.empty()) {
    return AutoPad::Explicit;
  }
  if (text == "SAME_UPPER") {
    return AutoPad::SameUpper;
  }
  if (text == "SAME_LOWER") {
    return AutoPad::SameLower;
  }
  if (text == "VALID") {
    return AutoPad::Valid;
  }
  fail(
      ErrorCode::InvalidModel,
      "auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID, got '{}'",
      text);
}

void check_positive(
    const std::vector<std::int64_t>& values, std::string_view name) {
  for (const std::int64_t value : values) {
    OMPQ_CHECK(
        value >= 1,
        ErrorCode::InvalidModel,
        "{} must be at least 1, got {}",
        name,
        value);
  }
}

std::vector<std::int64_t> filled(
    const std::vector<std::int64_t>& given,
    std::size_t length,
    std::int64_t fallback,
    std::string_view name) {
  if (given.empty()) {
    return std::vector<std::int64_t>(length, fallback);
  }
  OMPQ_CHECK(
      given.size() == length,
      ErrorCode::ShapeMismatch,
      "{} must have {} entries, got {}",
      name,
      length,
      given.size());
  return given;
}

/// Chooses the pads of one axis such that the output size is
/// ceil(input / stride).
void pad_same(
    SpatialWindow& window, std::size_t axis, std::int64_t input, bool upper) {
  const std::int64_t stride = window.stride[axis];
  const std::int64_t output = (input + stride - 1) / stride;
  const std::int64_t total = std::max<std::int64_t>(
      (output - 1) * stride + window.extent(axis) - input, 0);
  const std::int64_t smaller = total / 2;
  window.pad_begin[axis] = upper ? smaller : total - smaller;
  window.pad_end[axis] = upper ? total - smaller : smaller;
}

std::int64_t positions(
    const SpatialWindow& window,
    std::size_t axis,
    std::int64_t input,
    bool ceil_mode) {
  const std::int64_t padded =
      input + window.pad_begin[axis] + window.pad_end[axis];
  const std::int64_t free = padded - window.extent(axis);
  OMPQ_CHECK(
      free >= 0,
      ErrorCode::ShapeMismatch,
      "the window spans {} elements of spatial axis {}, the padded input has "
      "only {}",
      window.extent(axis),
      axis,
      padded);
  const std::int64_t stride = window.stride[axis];
  const std::int64_t count = (free + (ceil_mode ? stride - 1 : 0)) / stride + 1;
  // A last window that would start in the padding after the input is dropped.
  const bool starts_in_padding =
      (count - 1) * stride >= input + window.pad_begin[axis];
  return ceil_mode && starts_in_padding ? count - 1 : count;
}

}  // namespace

bool SpatialWindow::is_dilated() const {
  return std::any_of(
      dilation.begin(), dilation.end(), [](std::int64_t d) { return d != 1; });
}

WindowAttributes::WindowAttributes(const Node& node)
    : auto_pad_(parse_auto_pad(node.text("auto_pad", "NOTSET"))),
      ceil_mode_(node.integer("ceil_mode", 0) != 0),
      kernel_(node.integers("kernel_shape", {})),
      strides_(node.integers("strides", {})),
      dilations_(node.integers("dilations", {})),
      pads_(node.integers("pads", {})) {
  check_positive(kernel_, "kernel_shape");
  check_positive(strides_, "strides");
  check_positive(dilations_, "dilations");
}

SpatialWindow WindowAttributes::unplaced(
    const std::vector<std::int64_t>& kernel) const {
  OMPQ_CHECK(
      kernel_.empty() || kernel_ == kernel,
      ErrorCode::ShapeMismatch,
      "kernel_shape is {}, the weight has {}",
      to_string(kernel_),
      to_string(kernel));
  const std::size_t rank = kernel.size();
  SpatialWindow window{.kernel = kernel};
  window.stride = filled(strides_, rank, 1, "strides");
  window.dilation = filled(dilations_, rank, 1, "dilations");
  const auto pads = auto_pad_ == AutoPad::Explicit
                        ? filled(pads_, 2 * rank, 0, "pads")
                        : std::vector<std::int64_t>(2 * rank, 0);
  const auto middle = pads.begin() + static_cast<std::ptrdiff_t>(rank);
  window.pad_begin.assign(pads.begin(), middle);
  window.pad_end.assign(middle, pads.end());
  return window;
}

SpatialWindow WindowAttributes::over(
    const std::vector<std::int64_t>& input,
    const std::vector<std::int64_t>& kernel) const {
  OMPQ_CHECK(
      input.size() == kernel.size(),
      ErrorCode::ShapeMismatch,
      "the input has {} spatial axes, the window {}",
      input.size(),
      kernel.size());
  SpatialWindow window = unplaced(kernel);
  const bool is_same =
      auto_pad_ == AutoPad::SameUpper || auto_pad_ == AutoPad::SameLower;
  for (std::size_t axis = 0; axis < input.size(); ++axis) {
    if (is_same) {
      pad_same(window, axis, input[axis], auto_pad_ == AutoPad::SameUpper);
    }
    window.output.push_back(
        positions(window, axis, input[axis], ceil_mode_ && !is_same));
  }
  return window;
}

std::vector<std::int64_t> spatial_sizes(const at::Tensor& input) {
  OMPQ_CHECK(
      input.dim() >= 3,
      ErrorCode::ShapeMismatch,
      "expected [N, C, spatial...], got shape {}",
      to_string(input.sizes().vec()));
  return input.sizes().slice(2).vec();
}

at::Tensor pad_spatial(
    const at::Tensor& input,
    const std::vector<std::int64_t>& begin,
    const std::vector<std::int64_t>& end,
    double value) {
  std::vector<std::int64_t> amounts;
  bool is_zero = true;
  for (std::size_t i = begin.size(); i-- > 0;) {
    amounts.push_back(begin[i]);
    amounts.push_back(end[i]);
    is_zero = is_zero && begin[i] == 0 && end[i] == 0;
  }
  return is_zero ? input : at::constant_pad_nd(input, amounts, value);
}

}  // namespace ompq
