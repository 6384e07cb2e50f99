// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/layer_moments.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

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

/// left' right for one group, [P, K] each. Threads share the columns, so that
/// no partial sums are needed.
at::Tensor product(const at::Tensor& left, const at::Tensor& right) {
  const std::int64_t columns = right.size(1);
  const std::int64_t parts =
      std::min<std::int64_t>(at::get_num_threads(), columns);
  at::Tensor result = at::empty({left.size(1), columns}, left.options());
  at::parallel_for(0, parts, 1, [&](std::int64_t begin, std::int64_t end) {
    const at::NoGradGuard no_gradients;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i * columns / parts;
      const std::int64_t count = (i + 1) * columns / parts - first;
      result.narrow(1, first, count)
          .copy_(at::mm(left.t(), right.narrow(1, first, count)));
    }
  });
  return result;
}

float inner_product(const float* a, const float* b, std::int64_t count) {
  float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) {
    sum += a[i] * b[i];
  }
  return sum;
}

/// The same for many small groups, [G, P, K] each: [G, K, K].
at::Tensor group_products(const at::Tensor& left, const at::Tensor& right) {
  const std::int64_t groups = left.size(0);
  const std::int64_t positions = left.size(1);
  const std::int64_t columns = left.size(2);
  const at::Tensor a = left.transpose(1, 2).contiguous();
  const at::Tensor b =
      left.is_same(right) ? a : right.transpose(1, 2).contiguous();
  at::Tensor result = at::empty({groups, columns, columns}, left.options());
  const auto* const from = a.data_ptr<float>();
  const auto* const with = b.data_ptr<float>();
  auto* const out = result.data_ptr<float>();
  at::parallel_for(0, groups, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t g = begin; g < end; ++g) {
      for (std::int64_t i = 0; i < columns; ++i) {
        for (std::int64_t j = 0; j < columns; ++j) {
          out[(g * columns + i) * columns + j] = inner_product(
              from + (g * columns + i) * positions,
              with + (g * columns + j) * positions,
              positions);
        }
      }
    }
  });
  return result;
}

at::Tensor products(const at::Tensor& left, const at::Tensor& right) {
  return left.size(0) == 1 ? product(left[0], right[0]).unsqueeze(0)
                           : group_products(left, right);
}

/// a_g b_g' for each group.
at::Tensor outer_products(const at::Tensor& a, const at::Tensor& b) {
  return a.unsqueeze(2) * b.unsqueeze(1);
}

}  // namespace

void MomentSum::add(
    const at::Tensor& quantized_patches, const at::Tensor& float_patches) {
  if (!origin_.defined()) {
    origin_ = quantized_patches.mean(1, true);
  }
  const at::Tensor q = quantized_patches - origin_;
  const at::Tensor x = float_patches - origin_;
  accumulate(sums_.hessian, products(q, q));
  accumulate(sums_.cross, products(q, x));
  accumulate(sums_.quantized_mean, q.sum(1));
  accumulate(sums_.float_mean, x.sum(1));
  sums_.positions += q.size(1);
}

LayerMoments MomentSum::moments(bool centre) const {
  const auto count = static_cast<double>(sums_.positions);
  const at::Tensor q = sums_.quantized_mean / count;
  const at::Tensor x = sums_.float_mean / count;
  const at::Tensor origin = origin_.squeeze(1).to(at::kDouble);
  LayerMoments result{
      .hessian = sums_.hessian / count - outer_products(q, q),
      .cross = sums_.cross / count - outer_products(q, x),
      .float_mean = x + origin,
      .quantized_mean = q + origin,
      .positions = sums_.positions,
      .is_centred = centre};
  if (!centre) {
    result.hessian +=
        outer_products(result.quantized_mean, result.quantized_mean);
    result.cross += outer_products(result.quantized_mean, result.float_mean);
  }
  return result;
}

}  // namespace ompq
