// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

namespace ompq::example {

/// A weight rounded to the nearest of 2^bits levels, symmetric about zero
/// (-2^(bits-1) to 2^(bits-1) - 1), one scale for each output channel: of 40
/// scales from the largest magnitude downwards the one with the least squared
/// error.
///
/// @param weight  [O, ...] float32
/// @return as weight
[[nodiscard]] at::Tensor round_to_nearest(const at::Tensor& weight, int bits);

}  // namespace ompq::example
