// SPDX-License-Identifier: MIT
#include "ompq/quantization/histogram_kernel.h"

#include <cstddef>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/quantization/histogram_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D>
HWY_INLINE void include(
    D d,
    const float* HWY_RESTRICT x,
    hn::Vec<D>& least,
    hn::Vec<D>& most,
    hn::Vec<D>& poison) {
  const auto value = hn::LoadU(d, x);
  least = hn::Min(least, value);
  most = hn::Max(most, value);
  // 0 for finite numbers, NaN for others, and NaN stays.
  poison = hn::MulAdd(value, hn::Zero(d), poison);
}

template <class D>
HWY_INLINE std::size_t extremes_by(
    D d, std::span<const float> numbers, std::size_t first, Extremes& found) {
  auto least = hn::Set(d, found.minimum);
  auto most = hn::Set(d, found.maximum);
  auto poison = hn::Zero(d);
  std::size_t i = first;
  for (; i + hn::Lanes(d) <= numbers.size(); i += hn::Lanes(d)) {
    include(d, numbers.data() + i, least, most, poison);
  }
  found.minimum = hn::GetLane(hn::MinOfLanes(d, least));
  found.maximum = hn::GetLane(hn::MaxOfLanes(d, most));
  found.is_finite =
      found.is_finite && hn::GetLane(hn::SumOfLanes(d, poison)) == 0.0F;
  return i;
}

Extremes extremes(std::span<const float> numbers) {
  Extremes found{
      .minimum = std::numeric_limits<float>::max(),
      .maximum = std::numeric_limits<float>::lowest()};
  const std::size_t done =
      extremes_by(hn::ScalableTag<float>(), numbers, 0, found);
  extremes_by(hn::CappedTag<float, 1>(), numbers, done, found);
  return found;
}

template <class D>
HWY_INLINE std::size_t positions_by(
    D d,
    const SlotRule& rule,
    std::span<const float> numbers,
    std::size_t first,
    std::uint32_t* HWY_RESTRICT positions) {
  const hn::RebindToSigned<D> di;
  const hn::RebindToUnsigned<D> du;
  const auto per_width = hn::Set(d, rule.per_width);
  const auto mask = hn::Set(di, rule.bins - 1);
  const auto zeros = hn::Set(di, rule.bins);
  const auto four = hn::And(hn::Iota(di, 0), hn::Set(di, 3));
  std::size_t i = first;
  for (; i + hn::Lanes(d) <= numbers.size(); i += hn::Lanes(d)) {
    const auto x = hn::LoadU(d, numbers.data() + i);
    // A quotient that underflows still lies below 0, in bin -1.
    const auto most = hn::IfThenElse(
        hn::Lt(x, hn::Zero(d)), hn::Set(d, -1.0F), hn::Set(d, 0x1p25F));
    const auto bin =
        hn::ConvertTo(di, hn::Min(hn::Floor(hn::Mul(x, per_width)), most));
    const auto is_zero = hn::RebindMask(di, hn::Eq(x, hn::Zero(d)));
    const auto slot = hn::IfThenElse(is_zero, zeros, hn::And(bin, mask));
    const auto position = hn::Or(hn::ShiftLeft<2>(slot), four);
    hn::StoreU(hn::BitCast(du, position), du, positions + i);
  }
  return i;
}

void positions_of(
    const SlotRule& rule,
    std::span<const float> numbers,
    std::span<std::uint32_t> positions) {
  const std::size_t done = positions_by(
      hn::ScalableTag<float>(), rule, numbers, 0, positions.data());
  positions_by(
      hn::CappedTag<float, 1>(), rule, numbers, done, positions.data());
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(extremes);
HWY_EXPORT(positions_of);

Extremes find_extremes(std::span<const float> numbers) {
  return HWY_DYNAMIC_DISPATCH(extremes)(numbers);
}

void find_positions(
    const SlotRule& rule,
    std::span<const float> numbers,
    std::span<std::uint32_t> positions) {
  HWY_DYNAMIC_DISPATCH(positions_of)(rule, numbers, positions);
}

}  // namespace ompq::detail
#endif  // HWY_ONCE
