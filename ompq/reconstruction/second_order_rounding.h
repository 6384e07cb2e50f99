// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/reconstruction/layer_moments.h"
#include "ompq/reconstruction/rounded_rows.h"

namespace ompq {

struct SecondOrderOptions {
  RowScaleOptions scales;
  /// Added to the diagonal of the Hessian, as a share of its mean. GPTQ takes
  /// 0.01; the moments of a few hundred images are so uncertain that more is
  /// better: MobileNetV2 with 3 bits gains four points of accuracy by 0.3.
  double damping = 0.3;
  /// Rounds of rounding and of refitting each row's scale to the codes.
  int refits = 3;
};

/// Rounds weights one column after the other, the error of each spread over
/// those not rounded yet, so that the layer's output changes least:
///
///   minimise  E | x' W' - q' Wq' |^2  over integers, for each row
///
/// q is what the quantized network feeds the layer and x what the float one
/// does. Without integers the solution is W* = W C' (H + d I)^-1, C = E q x',
/// H = E q q'; the codes are those of W* by OBQ's update in the order of
/// falling diagonal of H, and scales are then refitted:
///
///   s_r = (w*_r H v_r') / (v_r H v_r'),   v_r = codes_r - zero_point_r
///
/// @param weights  [R, K] float32
/// @param moments  of the layer, G groups; row r belongs to group r / (R / G)
/// @throws Error{Degenerate}  the Hessian cannot be factorised (NaN in the
///                            moments)
/// @source GPTQ, arXiv 2210.17323 (update and damping); the target of the
///         quantized input as in GPTAQ, arXiv 2504.02692. Departs in the refit
///         of scales and in centred moments, which also find the best bias.
[[nodiscard]] OMPQ_API RoundedRows round_second_order(
    const at::Tensor& weights,
    const LayerMoments& moments,
    const SecondOrderOptions& options);

/// Bias that makes the mean output of the rounded layer that of the float one:
/// bias + W mean x - Wq mean q, [R] float32.
///
/// @param bias  [R] float32
[[nodiscard]] OMPQ_API at::Tensor matched_bias(
    const at::Tensor& bias,
    const at::Tensor& weights,
    const at::Tensor& rounded,
    const LayerMoments& moments);

}  // namespace ompq
