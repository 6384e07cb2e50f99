// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/bias_correction.h"

#include <cmath>
#include <cstddef>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// The axis counted from the front.
std::int64_t resolve_axis(const at::Tensor& output, std::int64_t axis) {
  const std::int64_t resolved = axis < 0 ? axis + output.dim() : axis;
  OMPQ_CHECK(
      resolved >= 0 && resolved < output.dim(),
      ErrorCode::ShapeMismatch,
      "[bias_correction] an output of shape {} has no axis {}",
      to_string(output.sizes().vec()),
      axis);
  return resolved;
}

void check_pair(
    const at::Tensor& exact,
    const at::Tensor& quantized,
    std::size_t micro_batch) {
  OMPQ_CHECK(
      exact.sizes() == quantized.sizes(),
      ErrorCode::ShapeMismatch,
      "[bias_correction] micro-batch {}: the float output is {}, the quantized "
      "one {}",
      micro_batch,
      to_string(exact.sizes().vec()),
      to_string(quantized.sizes().vec()));
}

/// [C] float64: sum of the error over everything but the channels.
at::Tensor error_sums(
    const at::Tensor& exact, const at::Tensor& quantized, std::int64_t axis) {
  std::vector<std::int64_t> others;
  for (std::int64_t i = 0; i < exact.dim(); ++i) {
    if (i != axis) {
      others.push_back(i);
    }
  }
  const at::Tensor error = exact.detach() - quantized.detach();
  // No axes would mean all of them.
  return others.empty() ? error.to(at::kDouble)
                        : at::sum(error, others, false, at::kDouble);
}

std::vector<float> means(const at::Tensor& sums, std::int64_t count) {
  OMPQ_CHECK(
      count > 0,
      ErrorCode::InvalidData,
      "[bias_correction] the outputs hold no elements; give at least one "
      "calibration example");
  std::vector<float> result;
  for (std::int64_t channel = 0; channel < sums.numel(); ++channel) {
    const double mean =
        sums.data_ptr<double>()[channel] / static_cast<double>(count);
    OMPQ_CHECK(
        std::isfinite(mean),
        ErrorCode::InvalidData,
        "[bias_correction] the mean error of channel {} is {}; the float or "
        "the quantized output holds a NaN or an infinite number",
        channel,
        mean);
    result.push_back(static_cast<float>(mean));
  }
  return result;
}

}  // namespace

std::vector<float> bias_correction(
    const Tensors& float_outputs,
    const Tensors& quantized_outputs,
    std::int64_t channel_axis) {
  OMPQ_CHECK(
      float_outputs.size() == quantized_outputs.size() &&
          !float_outputs.empty(),
      ErrorCode::ShapeMismatch,
      "[bias_correction] {} float and {} quantized micro-batches; expected the "
      "same number, at least one",
      float_outputs.size(),
      quantized_outputs.size());
  at::Tensor sums;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < float_outputs.size(); ++i) {
    const at::Tensor& exact = float_outputs[i];
    check_pair(exact, quantized_outputs[i], i);
    const std::int64_t axis = resolve_axis(exact, channel_axis);
    const at::Tensor slice = error_sums(exact, quantized_outputs[i], axis);
    OMPQ_CHECK(
        !sums.defined() || sums.sizes() == slice.sizes(),
        ErrorCode::ShapeMismatch,
        "[bias_correction] micro-batch {} has {} channels, those before {}",
        i,
        slice.numel(),
        sums.numel());
    sums = sums.defined() ? sums.add_(slice) : slice;
    count += slice.numel() > 0 ? exact.numel() / slice.numel() : 0;
  }
  return means(sums.contiguous(), count);
}

}  // namespace ompq
