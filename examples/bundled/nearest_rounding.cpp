// SPDX-License-Identifier: MIT
#include "examples/bundled/nearest_rounding.h"

#include <ATen/ATen.h>

namespace ompq::example {

at::Tensor round_to_nearest(const at::Tensor& weight, int bits) {
  constexpr int kScales = 40;
  const double top = (1 << (bits - 1)) - 1;
  const at::Tensor rows = weight.reshape({weight.size(0), -1});
  const at::Tensor largest = rows.abs().amax(1, true).clamp_min(1e-12);
  at::Tensor best = at::zeros_like(rows);
  at::Tensor least = rows.square().sum(1, true);
  for (int i = 1; i <= kScales; ++i) {
    const at::Tensor scale = largest * (static_cast<double>(i) / kScales / top);
    const at::Tensor rounded =
        (rows / scale).round().clamp(-top - 1, top) * scale;
    const at::Tensor error = (rows - rounded).square().sum(1, true);
    best = at::where(error < least, rounded, best);
    least = at::minimum(error, least);
  }
  return best.reshape(weight.sizes());
}

}  // namespace ompq::example
