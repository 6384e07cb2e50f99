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

#include "ompq/quantization/power_lanes.inl"

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

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

/// A stretch of numbers and the weights of their errors.
struct Stretch {
  const float* numbers;
  const float* weights;
  std::size_t size;
};

/// sum weight * loss(x / scale) over a stretch.
template <bool kIsWeighted, class Loss>
HWY_INLINE double sum_losses(
    const Stretch& stretch, const Steps& steps, const Loss& loss_of) {
  const Tag d;
  Vector sum = hn::Zero(d);
  std::size_t i = 0;
  const auto add = [&](Vector loss) HWY_ATTR {
    if constexpr (kIsWeighted) {
      sum = hn::MulAdd(loss, hn::LoadU(d, stretch.weights + i), sum);
    } else {
      sum = hn::Add(loss, sum);
    }
  };
  const auto loss_here = [&]() HWY_ATTR {
    return loss_of(
        hn::Mul(hn::LoadU(d, stretch.numbers + i), steps.inverse_scale));
  };
  for (; i + hn::Lanes(d) <= stretch.size; i += hn::Lanes(d)) {
    add(loss_here());
  }
  if (i < stretch.size) {
    add(hn::IfThenElseZero(hn::FirstN(d, stretch.size - i), loss_here()));
  }
  return static_cast<double>(hn::GetLane(hn::SumOfLanes(d, sum)));
}

/// Losses of any numbers.
template <bool kIsSquare, bool kIsWeighted>
HWY_INLINE double exact_loss(
    const Stretch& stretch, const Steps& steps, double power) {
  const Vector exponent = hn::Set(Tag(), static_cast<float>(power));
  return sum_losses<kIsWeighted>(stretch, steps, [&](Vector x) HWY_ATTR {
    return powered<kIsSquare>(hn::Abs(hn::Sub(x, steps.code(x))), exponent);
  });
}

/// |error|^p of errors of at most half a step, by ErrorPower::polynomial().
struct PowerSeries {
  Vector terms[ErrorPower::kTerms];

  HWY_INLINE explicit PowerSeries(const ErrorPower& power) {
    for (std::size_t i = 0; i < ErrorPower::kTerms; ++i) {
      terms[i] = hn::Set(Tag(), power.polynomial()[i]);
    }
  }

  HWY_INLINE Vector of(Vector error) const {
    Vector value = terms[ErrorPower::kTerms - 1];
    for (std::size_t i = ErrorPower::kTerms - 1; i > 0; --i) {
      value = hn::MulAdd(value, error, terms[i - 1]);
    }
    return hn::Mul(value, error);
  }
};

/// Losses of a few numbers: looking for those outside the grid, which need the
/// power itself, would take longer than limiting all of them.
template <bool kIsWeighted>
HWY_INLINE double mixed_loss(
    const Stretch& stretch, const Steps& steps, const ErrorPower& power) {
  const Tag d;
  const PowerSeries series(power);
  const Vector exponent = hn::Set(d, static_cast<float>(power.power()));
  const Vector half = hn::Set(d, 0.5F);
  return sum_losses<kIsWeighted>(stretch, steps, [&](Vector x) HWY_ATTR {
    const Vector error = hn::Abs(hn::Sub(x, steps.code(x)));
    return hn::AllFalse(d, hn::Gt(error, half))
               ? series.of(error)
               : powered<false>(error, exponent);
  });
}

/// Losses of numbers inside the grid.
template <bool kIsSquare, bool kIsWeighted>
HWY_INLINE double inside_loss(
    const Stretch& stretch, const Steps& steps, const ErrorPower& power) {
  if constexpr (kIsSquare) {
    return sum_losses<kIsWeighted>(stretch, steps, [&](Vector x) HWY_ATTR {
      const Vector error = hn::Sub(x, hn::Round(x));
      return hn::Mul(error, error);
    });
  } else {
    const PowerSeries series(power);
    return sum_losses<kIsWeighted>(stretch, steps, [&](Vector x) HWY_ATTR {
      return series.of(hn::Abs(hn::Sub(x, hn::Round(x))));
    });
  }
}

/// Numbers outside the grid stand at both ends and are few: what lies between
/// needs no clamp, and its errors are at most half a step.
template <bool kIsSquare, bool kIsWeighted>
HWY_INLINE double loss_in_steps(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    const AffineParameters& parameters) {
  const Steps steps(grid, parameters);
  const float* const x = numbers.numbers();
  const float* const weights = numbers.weights();
  const auto size = static_cast<std::size_t>(numbers.size());
  const auto stretch = [&](std::size_t first, std::size_t end) {
    return Stretch{x + first, kIsWeighted ? weights + first : x, end - first};
  };
  const auto exact = [&](std::size_t first, std::size_t end) HWY_ATTR {
    return first == end ? 0.0
                        : exact_loss<kIsSquare, kIsWeighted>(
                              stretch(first, end), steps, power.power());
  };
  if (size <= 2 * hn::Lanes(Tag()) || (!kIsSquare && !power.has_polynomial())) {
    return exact(0, size);
  }
  constexpr double kAlmostNone = 0.02;
  const double almost_none =
      kAlmostNone * power.average() * numbers.weight_sum();
  constexpr std::size_t kFew = 256;
  if (!kIsSquare && size <= kFew) {
    const double loss = mixed_loss<kIsWeighted>(stretch(0, size), steps, power);
    return loss < almost_none ? exact(0, size) : loss;
  }
  const auto end_at = [&](std::int32_t code, float half) {
    const float limit =
        (static_cast<float>(code - parameters.zero_point) + half) *
        parameters.scale;
    return static_cast<std::size_t>(std::lower_bound(x, x + size, limit) - x);
  };
  const std::size_t first = end_at(grid.lowest(), -0.5F);
  const std::size_t end = std::max(first, end_at(grid.highest(), 0.5F));
  const double inside =
      inside_loss<kIsSquare, kIsWeighted>(stretch(first, end), steps, power);
  const double outside = exact(0, first) + exact(end, size);
  return !kIsSquare && inside + outside < almost_none ? exact(0, size)
                                                      : inside + outside;
}

template <bool kIsSquare, bool kIsWeighted>
void all_losses(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses) {
  float scale = 0.0F;
  double unit = 0.0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].scale != scale) {
      scale = candidates[i].scale;
      unit = std::pow(static_cast<double>(scale), power.power());
    }
    losses[i] = unit * loss_in_steps<kIsSquare, kIsWeighted>(
                           numbers, grid, power, candidates[i]);
  }
}

void losses_of(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses) {
  const bool is_weighted = numbers.weights() != nullptr;
  if (power.is_square()) {
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
    const ErrorPower& power,
    const AffineParameters& parameters) {
  const Tag d;
  const Steps steps(grid, parameters);
  const Vector exponent = hn::Set(d, static_cast<float>(power.power() - 2.0));
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
    if (!power.is_square()) {
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

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(losses_of);
HWY_EXPORT(refit);

void grid_losses(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    std::span<const AffineParameters> candidates,
    std::span<double> losses) {
  HWY_DYNAMIC_DISPATCH(losses_of)(numbers, grid, power, candidates, losses);
}

float refit_scale(
    const WeightedNumbers& numbers,
    const IntegerGrid& grid,
    const ErrorPower& power,
    const AffineParameters& parameters) {
  return HWY_DYNAMIC_DISPATCH(refit)(numbers, grid, power, parameters);
}

}  // namespace ompq::detail
#endif  // HWY_ONCE
