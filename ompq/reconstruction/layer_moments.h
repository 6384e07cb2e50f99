// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"

namespace ompq {

/// Second moments of what a layer reads, per group of channels. With x the
/// float and q the quantized network's patch at one output position, [K]:
///
///   hessian = mean q q'    cross = mean q x'
///
/// and, if centred, the same of q - mean q and x - mean x: then a bias that
/// follows the means is understood.
struct LayerMoments {
  /// [G, K, K] float64.
  at::Tensor hessian;
  at::Tensor cross;
  /// [G, K] float64.
  at::Tensor float_mean;
  at::Tensor quantized_mean;
  /// Positions that were averaged.
  std::int64_t positions = 0;
  bool is_centred = false;
};

/// Sums moments over micro-batches: products in float32, sums in float64.
/// Numbers are taken from the means of the first micro-batch, so that inputs
/// that vary little about large means lose no digits.
class OMPQ_API MomentSum {
 public:
  /// @param quantized_patches  [G, P, K] float32, of layer_patches()
  /// @param float_patches      likewise, at the same positions
  void add(
      const at::Tensor& quantized_patches, const at::Tensor& float_patches);

  /// @param centre  subtract the means
  [[nodiscard]] LayerMoments moments(bool centre) const;

 private:
  /// Of what is left without `origin_`.
  LayerMoments sums_;
  /// [G, 1, K] float32.
  at::Tensor origin_;
};

}  // namespace ompq
