// SPDX-License-Identifier: MIT
#include "ompq/quantization/grid_loss.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/quantization/grid_loss.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::ScalableTag<float>;
using Vector = hn::Vec<Tag>;

/// Below this share of a step an error counts as none: logarithms end there.
constexpr float kNoError = 1e-12F;

/// log2(x) for normal x > 0; absolute error below 1e-6.
HWY_INLINE Vector log2_of(Vector x) {
  const Tag d;
  const hn::RebindToSigned<Tag> di;
  // Subtracting the bits of sqrt(1/2) makes the exponent round, so that the
  // mantissa lies in [0.707, 1.414).
  const auto root = hn::Set(di, 0x3f3504f3);
  const auto bits = hn::BitCast(di, x);
  const auto exponent = hn::ShiftRight<23>(hn::Sub(bits, root));
  const Vector t = hn::Sub(
      hn::BitCast(d, hn::Sub(bits, hn::ShiftLeft<23>(exponent))),
      hn::Set(d, 1.0F));
  Vector y = hn::Set(d, 0.168186591F);
  y = hn::MulAdd(y, t, hn::Set(d, -0.267963871F));
  y = hn::MulAdd(y, t, hn::Set(d, 0.296119557F));
  y = hn::MulAdd(y, t, hn::Set(d, -0.359524455F));
  y = hn::MulAdd(y, t, hn::Set(d, 0.480613125F));
  y = hn::MulAdd(y, t, hn::Set(d, -0.721360179F));
  y = hn::MulAdd(y, t, hn::Set(d, 1.44269652F));
  return hn::MulAdd(y, t, hn::ConvertTo(d, exponent));
}

/// 2^x, x clamped to the exponents of normal numbers; relative error 3e-6.
HWY_INLINE Vector exp2_of(Vector x) {
  const Tag d;
  const hn::RebindToSigned<Tag> di;
  x = hn::Min(hn::Max(x, hn::Set(d, -126.0F)), hn::Set(d, 126.0F));
  const auto whole = hn::NearestInt(x);
  const Vector t = hn::Sub(x, hn::ConvertTo(d, whole));
  Vector y = hn::Set(d, 0.00966636852F);
  y = hn::MulAdd(y, t, hn::Set(d, 0.0559219758F));
  y = hn::MulAdd(y, t, hn::Set(d, 0.24022349F));
  y = hn::MulAdd(y, t, hn::Set(d, 0.693121045F));
  y = hn::MulAdd(y, t, hn::Set(d, 1.0F));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, y), hn::ShiftLeft<23>(whole)));
}

/// error^power for errors >= 0.
template <bool kIsSquare>
HWY_INLINE Vector powered(Vector error, Vector power) {
  const Tag d;
  if constexpr (kIsSquare) {
    return hn::Mul(error, error);
  } else {
    const auto counts = hn::Gt(error, hn::Set(d, kNoError));
    return hn::IfThenElseZero(counts, exp2_of(hn::Mul(power, log2_of(error))));
  }
}

/// Codes relative to the zero point, in steps.
struct Steps {
  Vector lowest;
  Vector highest;
  Vector inverse_scale;

  HWY_INLINE Steps(const IntegerGrid& grid, const AffineParameters& p)
      : lowest(
            hn::Set(Tag(), static_cast<float>(grid.lowest() - p.zero_point))),
        highest(
            hn::Set(Tag(), static_cast<float>(grid.highest() - p.zero_point))),
        inverse_scale(hn::Set(Tag(), 1.0F / p.scale)) {}

  HWY_INLINE Vector code(Vector in_steps) const {
    return hn::Min(hn::Max(hn::Round(in_steps), lowest), highest);
  }
};

template <bool kIsSquare, bool kIsWeighted>
HWY_INLINE double loss_in_steps(
    const float* HWY_RESTRICT x,
    const float* HWY_RESTRICT weights,
    std::size_t size,
    float power,
    const Steps& steps) {
  const Tag d;
  const Vector exponent = hn::Set(d, power);
  Vector sum = hn::Zero(d);
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) {
    const Vector in_steps = hn::Mul(hn::LoadU(d, x + i), steps.inverse_scale);
    const Vector error = hn::Abs(hn::Sub(in_steps, steps.code(in_steps)));
    const Vector loss = powered<kIsSquare>(error, exponent);
    if constexpr (kIsWeighted) {
      sum = hn::MulAdd(loss, hn::LoadU(d, weights + i), sum);
    } else {
      sum = hn::Add(loss, sum);
    }
  }
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
}

template <bool kIsSquare, bool kIsWeighted>
void all_losses(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses) {
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const double loss = loss_in_steps<kIsSquare, kIsWeighted>(
        numbers.numbers(),
        numbers.weights(),
        static_cast<std::size_t>(numbers.size()),
        static_cast<float>(power),
        Steps(grid, candidates[i]));
    const auto scale = static_cast<double>(candidates[i].scale);
    losses[i] = loss * (kIsSquare ? scale * scale : std::pow(scale, power));
  }
}

void losses_of(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses) {
  const bool is_weighted = numbers.weights() != nullptr;
  if (power == 2.0) {
    is_weighted
        ? all_losses<true, true>(numbers, grid, power, candidates, losses)
        : all_losses<true, false>(numbers, grid, power, candidates, losses);
  } else {
    is_weighted
        ? all_losses<false, true>(numbers, grid, power, candidates, losses)
        : all_losses<false, false>(numbers, grid, power, candidates, losses);
  }
}

float refit(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    const AffineParameters& parameters) {
  const Tag d;
  const Steps steps(grid, parameters);
  const Vector exponent = hn::Set(d, static_cast<float>(power - 2.0));
  // Powers below 2 would give numbers without error an infinite weight.
  const Vector least_error = hn::Set(d, 1e-4F);
  Vector products = hn::Zero(d);
  Vector squares = hn::Zero(d);
  const auto size = static_cast<std::size_t>(numbers.size());
  for (std::size_t i = 0; i < size; i += hn::Lanes(d)) {
    const Vector in_steps =
        hn::Mul(hn::LoadU(d, numbers.numbers() + i), steps.inverse_scale);
    const Vector code = steps.code(in_steps);
    Vector weighted = code;
    if (power != 2.0) {
      const Vector error =
          hn::Max(hn::Abs(hn::Sub(in_steps, code)), least_error);
      weighted = hn::Mul(code, powered<false>(error, exponent));
    }
    if (numbers.weights() != nullptr) {
      weighted = hn::Mul(weighted, hn::LoadU(d, numbers.weights() + i));
    }
    products = hn::MulAdd(weighted, in_steps, products);
    squares = hn::MulAdd(weighted, code, squares);
  }
  const float product = hn::GetLane(hn::SumOfLanes(d, products));
  const float square = hn::GetLane(hn::SumOfLanes(d, squares));
  const float scale = parameters.scale * (product / square);
  const bool is_valid = square > 0.0F && std::isfinite(scale) &&
                        scale >= std::numeric_limits<float>::min();
  return is_valid ? scale : parameters.scale;
}

/// Numbers that a vector may read beyond the last one.
std::int64_t slack() {
  return static_cast<std::int64_t>(hn::Lanes(Tag()));
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(losses_of);
HWY_EXPORT(refit);
HWY_EXPORT(slack);

void WeightedNumbers::assign(
    std::span<const float> numbers, std::span<const float> weights) {
  const auto padded =
      numbers.size() + static_cast<std::size_t>(HWY_DYNAMIC_DISPATCH(slack)());
  size_ = std::ssize(numbers);
  numbers_.assign(padded, 0.0F);
  std::copy(numbers.begin(), numbers.end(), numbers_.begin());
  weights_.assign(weights.empty() ? 0 : padded, 0.0F);
  std::copy(weights.begin(), weights.end(), weights_.begin());
}

void grid_losses(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses) {
  HWY_DYNAMIC_DISPATCH(losses_of)(numbers, grid, power, candidates, losses);
}

float refit_scale(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    double power,
    const AffineParameters& parameters) {
  return HWY_DYNAMIC_DISPATCH(refit)(numbers, grid, power, parameters);
}

}  // namespace ompq::detail
#endif  // HWY_ONCE
