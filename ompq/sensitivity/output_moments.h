// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace ompq {

/// Mean over examples and positions, and mean of squared deviations from it,
/// of each output channel of a layer, for one matrix of weights each;
/// [M, channels] float64.
struct OutputMoments {
  at::Tensor mean;
  at::Tensor variance;
};

/// Moments of each column of one output [P, C] float32: M = 1.
[[nodiscard]] OutputMoments column_moments(const at::Tensor& outputs);

/// Those of several matrices as one.
[[nodiscard]] OutputMoments stacked(const std::vector<OutputMoments>& moments);

/// Moments of what groups of channels make of patches of their own,
/// y = x W_g'. Of one group with many rows of weights for the columns of a
/// patch they follow from the patches' covariance C, which all matrices share:
///
///   Var y_r = w_r C w_r'
///
/// @param patches   [G, P, K] float32
/// @param matrices  [R, K] float32 each; R is a multiple of G
[[nodiscard]] OutputMoments patch_moments(
    const at::Tensor& patches, const std::vector<at::Tensor>& matrices);

}  // namespace ompq
