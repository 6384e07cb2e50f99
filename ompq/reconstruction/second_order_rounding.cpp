// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/second_order_rounding.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// The Hessian, damped and factorised for rounding its columns in order.
struct Factorised {
  /// [G, K, K] float64, H + d I.
  at::Tensor damped;
  /// d of each group, [G, 1] float64.
  at::Tensor damping;
  /// Columns by falling diagonal, [G, K] int64.
  at::Tensor order;
  /// Upper Cholesky factor of the inverse, in that order, [G, K, K] float32.
  at::Tensor factor;
};

at::Tensor reordered(const at::Tensor& matrix, const at::Tensor& order) {
  const std::int64_t size = order.size(1);
  const at::Tensor rows = order.unsqueeze(2).expand({-1, size, size});
  const at::Tensor columns = order.unsqueeze(1).expand({-1, size, size});
  return matrix.gather(1, rows).gather(2, columns);
}

Factorised factorise(const at::Tensor& hessian, double share) {
  // A layer that only reads zeros has no preference: any damping will do.
  const at::Tensor mean = hessian.diagonal(0, 1, 2).mean(1, true);
  Factorised result;
  result.damping = (mean * share).clamp_min(1e-12);
  result.damped = hessian.clone();
  result.damped.diagonal(0, 1, 2).add_(result.damping);
  result.order = result.damped.diagonal(0, 1, 2).argsort(1, true);
  const at::Tensor lower =
      at::linalg_cholesky(reordered(result.damped, result.order));
  result.factor = at::linalg_cholesky(at::cholesky_inverse(lower), true)
                      .to(at::kFloat)
                      .contiguous();
  return result;
}

/// Factorises with as much damping as it takes: few positions give a Hessian
/// of low rank.
Factorised factorise_safely(const at::Tensor& hessian, double share) {
  constexpr double kLeast = 1e-6;
  constexpr double kMost = 100.0;
  for (double damping = share; damping <= kMost;
       damping = std::max(10 * damping, kLeast)) {
    try {
      return factorise(hessian, damping);
    } catch (const c10::Error&) {
      // Not positive definite at this damping; the next one is ten times it.
    }
  }
  fail(
      ErrorCode::Degenerate,
      "[quantize] the Hessian cannot be factorised at any damping");
}

/// W* = W (C + d I)' (H + d I)^-1 for each group, [R, K] float64.
at::Tensor compensated(
    const at::Tensor& weights,
    const LayerMoments& moments,
    const Factorised& hessian) {
  const std::int64_t groups = moments.hessian.size(0);
  const at::Tensor grouped =
      weights.to(at::kDouble).reshape({groups, -1, weights.size(1)});
  at::Tensor cross = moments.cross.clone();
  cross.diagonal(0, 1, 2).add_(hessian.damping);
  const at::Tensor right = at::bmm(cross, grouped.transpose(1, 2));
  const at::Tensor solved =
      at::cholesky_solve(right, at::linalg_cholesky(hessian.damped));
  return solved.transpose(1, 2).reshape(weights.sizes());
}

/// Rounds the rows in place of `codes`; see round_second_order().
class RowRounding {
 public:
  RowRounding(
      const RoundedRows& rows, const Factorised& hessian, IntegerGrid grid)
      : rows_(rows),
        columns_(rows.target.size(1)),
        rows_per_group_(rows.target.size(0) / hessian.order.size(0)),
        order_(hessian.order.contiguous()),
        factor_(hessian.factor),
        low_(static_cast<float>(grid.lowest())),
        high_(static_cast<float>(grid.highest())) {}

  void round(std::int64_t row, std::vector<float>& rest) const {
    const std::int64_t group = row / rows_per_group_;
    const auto* const order =
        order_.data_ptr<std::int64_t>() + group * columns_;
    const auto* const factor =
        factor_.data_ptr<float>() + group * columns_ * columns_;
    const auto* const target = rows_.target.data_ptr<float>() + row * columns_;
    auto* const codes = rows_.codes.data_ptr<float>() + row * columns_;
    const std::int64_t scales_per_row = rows_.scales.size(1);
    const auto* const scales =
        rows_.scales.data_ptr<float>() + row * scales_per_row;
    const auto* const zero_points =
        rows_.zero_points.data_ptr<float>() + row * scales_per_row;
    rest.resize(static_cast<std::size_t>(columns_));
    for (std::int64_t k = 0; k < columns_; ++k) {
      rest[static_cast<std::size_t>(k)] = target[order[k]];
    }
    float* const values = rest.data();
    for (std::int64_t k = 0; k < columns_; ++k) {
      const std::int64_t column = order[k];
      const float scale = scales[column / rows_.group_size];
      const float zero_point = zero_points[column / rows_.group_size];
      const float code = std::clamp(
          std::nearbyint(values[k] / scale) + zero_point, low_, high_);
      codes[column] = code;
      const float* const row_of_factor = factor + k * columns_;
      const float error =
          (values[k] - (code - zero_point) * scale) / row_of_factor[k];
#pragma omp simd
      for (std::int64_t j = k + 1; j < columns_; ++j) {
        values[j] -= error * row_of_factor[j];
      }
    }
  }

 private:
  const RoundedRows& rows_;
  std::int64_t columns_;
  std::int64_t rows_per_group_;
  at::Tensor order_;
  at::Tensor factor_;
  float low_;
  float high_;
};

void round_all(
    const RoundedRows& rows, const Factorised& hessian, IntegerGrid grid) {
  const RowRounding rounding(rows, hessian, grid);
  const std::int64_t columns = rows.target.size(1);
  const std::int64_t grain =
      std::max<std::int64_t>(1, 4096 / (columns * columns));
  at::parallel_for(
      0, rows.target.size(0), grain, [&](std::int64_t begin, std::int64_t end) {
        std::vector<float> rest;
        for (std::int64_t row = begin; row < end; ++row) {
          rounding.round(row, rest);
        }
      });
}

/// The scale of each row that fits its codes best; where that is far from the
/// searched one, the codes say little about it and the old one stays.
void refit_scales(RoundedRows& rows, const at::Tensor& hessian) {
  const std::int64_t groups = hessian.size(0);
  const std::int64_t columns = rows.target.size(1);
  const at::Tensor steps = (rows.codes - rows.zero_points)
                               .to(at::kDouble)
                               .reshape({groups, -1, columns});
  const at::Tensor target =
      rows.target.to(at::kDouble).reshape({groups, -1, columns});
  const at::Tensor weighted = at::bmm(steps, hessian);
  const at::Tensor over = (target * weighted).sum(2).reshape({-1, 1});
  const at::Tensor under = (steps * weighted).sum(2).reshape({-1, 1});
  const at::Tensor fitted = (over / under).to(at::kFloat);
  const at::Tensor is_plausible =
      (fitted > rows.scales * 0.5).logical_and(fitted < rows.scales * 2);
  rows.scales = at::where(is_plausible, fitted, rows.scales).contiguous();
}

}  // namespace

RoundedRows round_second_order(
    const at::Tensor& weights,
    const LayerMoments& moments,
    const SecondOrderOptions& options) {
  OMPQ_CHECK(
      at::isfinite(moments.hessian).all().item<bool>() &&
          at::isfinite(moments.cross).all().item<bool>(),
      ErrorCode::Degenerate,
      "[quantize] the moments of the layer's inputs hold NaN or infinite "
      "numbers; look for damaged calibration data or weights");
  const Factorised hessian = factorise_safely(moments.hessian, options.damping);
  const at::Tensor target =
      compensated(weights, moments, hessian).to(at::kFloat).contiguous();
  RoundedRows rows = search_scales(target, options.scales);
  rows.codes = at::empty_like(target);
  const bool can_refit = rows.scales.size(1) == 1 && !options.scales.per_tensor;
  round_all(rows, hessian, options.scales.grid);
  for (int i = 1; can_refit && i < options.refits; ++i) {
    refit_scales(rows, hessian.damped);
    round_all(rows, hessian, options.scales.grid);
  }
  return rows;
}

at::Tensor matched_bias(
    const at::Tensor& bias,
    const at::Tensor& weights,
    const at::Tensor& rounded,
    const LayerMoments& moments) {
  const std::int64_t groups = moments.hessian.size(0);
  const auto mean_output = [&](const at::Tensor& rows, const at::Tensor& mean) {
    const at::Tensor grouped =
        rows.to(at::kDouble).reshape({groups, -1, rows.size(1)});
    return at::bmm(grouped, mean.unsqueeze(2)).reshape({-1});
  };
  const at::Tensor shift = mean_output(weights, moments.float_mean) -
                           mean_output(rounded, moments.quantized_mean);
  return bias + shift.to(at::kFloat);
}

}  // namespace ompq
