// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/learned_weight.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace ompq {
namespace {

/// A code may lean over the end of the grid by less than half a step: further
/// out it would take many steps to come back.
constexpr float kOverhang = 0.49F;

at::Tensor sigmoid_stretched(const at::Tensor& v) {
  return (at::sigmoid(v) * 1.2 - 0.1).clamp_(0, 1);
}

/// Adam's factors for one step.
struct AdamFactors {
  float rate;
  float square_correction;
};

AdamFactors adam_factors(double rate, int step) {
  return {
      static_cast<float>(rate / (1 - std::pow(kAdamMeanDecay, step))),
      static_cast<float>(1 / (1 - std::pow(kAdamSquareDecay, step)))};
}

/// To the nearest integer, ties to even, for numbers below 2^22; unlike
/// nearbyint() a compiler can turn it into vector instructions.
inline float round_even(float x) {
  constexpr float kMagic = 12582912.0F;
  return (x + kMagic) - kMagic;
}

/// One row segment with one scale, for StraightThrough.
struct Segment {
  float scale;
  float zero_point;
  float low;
  float high;
};

/// One step of Adam for a segment; returns sum gradient (code - z).
inline float straight_through_step(
    const Segment& segment,
    const AdamFactors& adam,
    const float* gradient,
    float* variable,
    float* mean,
    float* square,
    std::int64_t count) {
  float sum = 0.0F;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t k = 0; k < count; ++k) {
    const float rounded = round_even(variable[k]);
    const float code = std::min(std::max(rounded, segment.low), segment.high);
    const float g = rounded == code ? gradient[k] * segment.scale : 0.0F;
    sum += gradient[k] * (code - segment.zero_point);
    const float m = 0.9F * mean[k] + 0.1F * g;
    const float v = 0.999F * square[k] + 0.001F * g * g;
    mean[k] = m;
    square[k] = v;
    const float moved =
        variable[k] -
        adam.rate * m / (std::sqrt(v * adam.square_correction) + 1e-12F);
    variable[k] = std::min(
        std::max(moved, segment.low - kOverhang), segment.high + kOverhang);
  }
  return sum;
}

}  // namespace

LearnedWeight::LearnedWeight(
    const RoundedRows& start, IntegerGrid grid, RoundingKind kind, double lean)
    : grid_(grid), kind_(kind), rows_(start) {
  rows_.scales = start.scales.clone();
  const at::Tensor real = start.in_codes(start.target);
  if (kind == RoundingKind::StraightThrough) {
    variable_ = start.codes + (real - start.codes).clamp_(-0.5, 0.5) * lean;
  } else {
    // Adaptive rounding chooses between the neighbours of the real weight.
    rows_.codes = at::floor(real).clamp_(grid.lowest(), grid.highest() - 1);
    const at::Tensor share = (real - rows_.codes).clamp_(0.01, 0.99);
    variable_ = -at::log(1.2 / (share + 0.1) - 1);
  }
  variable_ = variable_.contiguous();
  variable_moments_ = {
      .mean = at::zeros_like(variable_), .square = at::zeros_like(variable_)};
}

at::Tensor LearnedWeight::values() const {
  RoundedRows rows = rows_;
  rows.codes = kind_ == RoundingKind::StraightThrough
                   ? at::round(variable_)
                   : rows_.codes + sigmoid_stretched(variable_);
  rows.codes = rows.codes.clamp_(grid_.lowest(), grid_.highest());
  return rows.values();
}

RoundedRows LearnedWeight::rounded() const {
  RoundedRows rows = rows_;
  rows.scales = rows_.scales.clone();
  rows.codes = kind_ == RoundingKind::StraightThrough
                   ? at::round(variable_)
                   : rows_.codes + variable_.ge(0).to(at::kFloat);
  rows.codes = rows.codes.clamp_(grid_.lowest(), grid_.highest());
  return rows;
}

void LearnedWeight::step(
    const at::Tensor& gradient, const StepSettings& settings) {
  at::Tensor scale_sums = kind_ == RoundingKind::StraightThrough
                              ? step_straight_through(gradient, settings)
                              : step_adaptive(gradient, settings);
  if (rows_.is_per_tensor) {
    scale_sums = scale_sums.sum().expand(scale_sums.sizes());
  }
  const at::Tensor direction =
      scale_moments_.direction(scale_sums * rows_.scales, settings.step);
  rows_.scales.mul_(at::exp(direction * -settings.scale_rate));
}

at::Tensor LearnedWeight::step_straight_through(
    const at::Tensor& gradient, const StepSettings& settings) {
  const std::int64_t columns = variable_.size(1);
  const std::int64_t segments = rows_.scales.size(1);
  const AdamFactors adam = adam_factors(settings.code_rate, settings.step);
  at::Tensor sums = at::empty_like(rows_.scales);
  const at::Tensor dense = gradient.contiguous();
  const float* const gradients = dense.data_ptr<float>();
  const float* const scales = rows_.scales.data_ptr<float>();
  const float* const zero_points = rows_.zero_points.data_ptr<float>();
  float* const variables = variable_.data_ptr<float>();
  float* const means = variable_moments_.mean.data_ptr<float>();
  float* const squares = variable_moments_.square.data_ptr<float>();
  float* const out = sums.data_ptr<float>();
  const auto work = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i % segments * rows_.group_size;
      const std::int64_t at = i / segments * columns + first;
      out[i] = straight_through_step(
          {.scale = scales[i],
           .zero_point = zero_points[i],
           .low = static_cast<float>(grid_.lowest()),
           .high = static_cast<float>(grid_.highest())},
          adam,
          gradients + at,
          variables + at,
          means + at,
          squares + at,
          std::min(rows_.group_size, columns - first));
    }
  };
  const std::int64_t grain =
      std::max<std::int64_t>(1, 16384 / rows_.group_size);
  at::parallel_for(0, sums.numel(), grain, work);
  return sums;
}

at::Tensor LearnedWeight::step_adaptive(
    const at::Tensor& gradient, const StepSettings& settings) {
  const at::Tensor soft = sigmoid_stretched(variable_);
  const at::Tensor sigmoid = at::sigmoid(variable_);
  const at::Tensor is_free = soft.gt(0).logical_and(soft.lt(1));
  const at::Tensor slope = 1.2 * sigmoid * (1 - sigmoid) * is_free;
  const at::Tensor scales = rows_.spread_scales();
  const at::Tensor distance = 2 * soft - 1;
  const at::Tensor hardness = -2 * settings.exponent *
                              at::pow(distance.abs(), settings.exponent - 1) *
                              distance.sign() * settings.regularization;
  const at::Tensor direction = variable_moments_.direction(
      (gradient * scales + hardness) * slope, settings.step);
  const at::Tensor code =
      (rows_.codes + soft).clamp_(grid_.lowest(), grid_.highest());
  const at::Tensor sums =
      rows_.sum_groups(gradient * (code - rows_.spread_zero_points()));
  variable_.sub_(direction, settings.code_rate);
  return sums;
}

}  // namespace ompq
