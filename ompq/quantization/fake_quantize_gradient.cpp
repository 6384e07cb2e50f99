// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ompq/quantization/fake_quantize_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/quantization/fake_quantize_gradient.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "ompq/quantization/fake_quantize_lanes.inl"

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {

// 16 float32 terms a lane before they are added in float64.
constexpr std::size_t kBlock = 16 * kLanes;

/// Writes dx, returns the terms of dscale times -scale * unit: remainders are
/// exact where differences of codes and quotients would cancel.
template <Drop drop, bool has_clamp, class D>
HWY_INLINE hn::Vec<D> gradient_vector(
    D d,
    const Constants& k,
    const float* x,
    const float* dy,
    float* dx,
    std::uint32_t position) {
  const auto input = hn::LoadU(d, x);
  const auto given = hn::LoadU(d, dy);
  // Without a clamp its ends are infinite: only infinities and NaN fail.
  const auto in_clamp = hn::And(
      hn::Gt(input, hn::Set(d, k.low)), hn::Lt(input, hn::Set(d, k.high)));
  if constexpr (drop == Drop::All) {
    hn::StoreU(hn::IfThenElseZero(in_clamp, given), d, dx);
    return hn::Zero(d);
  }
  const auto c = has_clamp ? clamp(d, input, k) : input;
  const auto lowest = hn::Set(d, k.lowest);
  const auto highest = hn::Set(d, k.highest);
  const auto one = hn::Set(d, 1.0F);
  // One step beyond the grid still tells saturated codes from others.
  const auto t = hn::Div(c, hn::Set(d, k.scale));
  const auto q = round_half_even(
      d, hn::Min(hn::Max(t, hn::Sub(lowest, one)), hn::Add(highest, one)));
  const auto v = hn::Min(hn::Max(q, lowest), highest);
  const auto in_grid = hn::Eq(q, v);
  auto passes = in_grid;
  auto counts = hn::Eq(input, input);
  if constexpr (drop == Drop::Some) {
    const auto is_dropped = dropped(d, position, k);
    passes = hn::Or(passes, is_dropped);
    counts = hn::AndNot(is_dropped, counts);
  }
  hn::StoreU(hn::IfThenElseZero(hn::And(in_clamp, passes), given), d, dx);
  const auto inside = hn::Mul(remainder(d, c, v, k), hn::Set(d, k.unit));
  const auto outside = hn::Neg(hn::Mul(v, hn::Set(d, k.scaled)));
  const auto factor = hn::IfThenElse(in_grid, inside, outside);
  return hn::IfThenElseZero(counts, hn::Mul(given, factor));
}

/// A multiple of kLanes elements, at most kBlock; adds to the sum of each lane.
template <Drop drop, bool has_clamp>
HWY_INLINE void gradient_block(
    const Constants& k,
    const float* x,
    const float* dy,
    float* dx,
    std::size_t size,
    std::uint32_t position,
    double* HWY_RESTRICT totals) {
  const hn::CappedTag<float, kLanes> d;
  HWY_ALIGN float sums[kLanes];
  // Short vectors go over the block, which is in the cache, several times.
  for (std::size_t first = 0; first < kLanes; first += hn::Lanes(d)) {
    auto sum = hn::Zero(d);
    for (std::size_t i = first; i < size; i += kLanes) {
      const auto at = position + static_cast<std::uint32_t>(i);
      sum = hn::Add(
          sum,
          gradient_vector<drop, has_clamp>(d, k, x + i, dy + i, dx + i, at));
    }
    hn::Store(sum, d, sums + first);
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    totals[lane] += static_cast<double>(sums[lane]);
  }
}

template <Drop drop, bool has_clamp>
double gradient_of(
    Constants k,
    const float* x,
    const float* dy,
    float* dx,
    std::size_t size,
    std::uint32_t position) {
  double totals[kLanes] = {};
  const std::size_t whole = size - size % kLanes;
  for (std::size_t i = 0; i < whole; i += kBlock) {
    gradient_block<drop, has_clamp>(
        k,
        x + i,
        dy + i,
        dx + i,
        std::min(kBlock, whole - i),
        position + static_cast<std::uint32_t>(i),
        totals);
  }
  if (whole < size) {
    HWY_ALIGN float rest[kLanes] = {};
    HWY_ALIGN float gradient[kLanes] = {};
    std::copy(x + whole, x + size, rest);
    std::copy(dy + whole, dy + size, gradient);
    gradient_block<drop, has_clamp>(
        k,
        rest,
        gradient,
        gradient,
        kLanes,
        position + static_cast<std::uint32_t>(whole),
        totals);
    std::copy(gradient, gradient + (size - whole), dx + whole);
  }
  double sum = 0.0;
  for (const double total : totals) {
    sum -= total;
  }
  return sum / static_cast<double>(k.scaled);
}

double gradient(
    const Constants& k,
    const float* x,
    const float* dy,
    float* dx,
    std::size_t size,
    std::uint32_t position) {
  return specialised(k, [&](auto drop, auto has_clamp) {
    return gradient_of<drop(), has_clamp()>(k, x, dy, dx, size, position);
  });
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(gradient);

double fake_quantize_gradient_piece(
    const FakeQuantizeConstants& constants,
    const float* x,
    const float* dy,
    float* dx,
    std::size_t size,
    std::uint32_t position) {
  return HWY_DYNAMIC_DISPATCH(gradient)(constants, x, dy, dx, size, position);
}

}  // namespace ompq::detail
#endif
