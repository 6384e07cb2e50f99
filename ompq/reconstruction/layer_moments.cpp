// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/layer_moments.h"

#include <ATen/ATen.h>

namespace ompq {
namespace {

void accumulate(at::Tensor& sum, const at::Tensor& part) {
  const at::Tensor exact = part.to(at::kDouble);
  if (sum.defined()) {
    sum.add_(exact);
  } else {
    sum = exact;
  }
}

/// a_g b_g' for each group.
at::Tensor outer_products(const at::Tensor& a, const at::Tensor& b) {
  return a.unsqueeze(2) * b.unsqueeze(1);
}

}  // namespace

void MomentSum::add(
    const at::Tensor& quantized_patches, const at::Tensor& float_patches) {
  const at::Tensor transposed = quantized_patches.transpose(1, 2);
  accumulate(sums_.hessian, at::bmm(transposed, quantized_patches));
  accumulate(sums_.cross, at::bmm(transposed, float_patches));
  accumulate(sums_.quantized_mean, quantized_patches.sum(1));
  accumulate(sums_.float_mean, float_patches.sum(1));
  sums_.positions += quantized_patches.size(1);
}

LayerMoments MomentSum::moments(bool centre) const {
  const auto count = static_cast<double>(sums_.positions);
  LayerMoments result{
      .hessian = sums_.hessian / count,
      .cross = sums_.cross / count,
      .float_mean = sums_.float_mean / count,
      .quantized_mean = sums_.quantized_mean / count,
      .positions = sums_.positions,
      .is_centred = centre};
  if (centre) {
    result.hessian -= outer_products(result.quantized_mean, result.quantized_mean);
    result.cross -= outer_products(result.quantized_mean, result.float_mean);
  }
  return result;
}

}  // namespace ompq
