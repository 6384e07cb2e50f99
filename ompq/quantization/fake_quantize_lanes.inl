// SPDX-License-Identifier: MIT
//
// What the forward and the backward kernels share; Highway includes it once for
// each instruction set.
//
// All of them give the same bits: sums have 16 lanes in whatever vectors there
// are, products and sums are not contracted (see CMakeLists.txt), and NaN is
// asked for, because minimum and maximum treat it differently.
#if defined(OMPQ_FAKE_QUANTIZE_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef OMPQ_FAKE_QUANTIZE_LANES_INL
#undef OMPQ_FAKE_QUANTIZE_LANES_INL
#else
#define OMPQ_FAKE_QUANTIZE_LANES_INL
#endif

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <hwy/highway.h>

#include "ompq/quantization/fake_quantize_kernels.h"

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Constants = FakeQuantizeConstants;
using Drop = Constants::Drop;

constexpr std::size_t kLanes = 16;

/// The nearest integer, ties to even, for |t| <= 2^22, never -0.
template <class D, class V>
HWY_INLINE V round_half_even(D d, V t) {
  const auto big = hn::Set(d, 12582912.0F);  // 1.5 * 2^23
  return hn::Sub(hn::Add(t, big), big);
}

/// min(max(x, low), high); keeps NaN.
template <class D, class V>
HWY_INLINE V clamp(D d, V x, const Constants& k) {
  const auto low = hn::Set(d, k.low);
  const auto high = hn::Set(d, k.high);
  x = hn::IfThenElse(hn::Lt(x, low), low, x);
  return hn::IfThenElse(hn::Gt(x, high), high, x);
}

/// q - zero_point; anything on the grid for NaN.
template <class D, class V>
HWY_INLINE V centred_code(D d, V c, const Constants& k) {
  const auto t = hn::Div(c, hn::Set(d, k.scale));
  const auto above = hn::Max(t, hn::Set(d, k.lowest));
  return round_half_even(d, hn::Min(above, hn::Set(d, k.highest)));
}

/// Which of the elements from `position` on are dropped: two rounds of multiply
/// and shift, keyed twice, so that neither neighbouring positions nor
/// neighbouring seeds are related.
template <class D>
HWY_INLINE hn::Mask<D> dropped(
    D d, std::uint32_t position, const Constants& k) {
  const hn::Rebind<std::uint32_t, D> bits;
  const hn::Rebind<std::int32_t, D> integers;
  // Iota is slow unless it is constant.
  auto h = hn::Add(hn::Iota(bits, 0), hn::Set(bits, position));
  h = hn::Xor(h, hn::Set(bits, k.first_key));
  h = hn::Xor(h, hn::ShiftRight<16>(h));
  h = hn::Mul(h, hn::Set(bits, 0x7FEB352DU));
  h = hn::Xor(h, hn::ShiftRight<15>(h));
  h = hn::Xor(h, hn::Set(bits, k.second_key));
  h = hn::Mul(h, hn::Set(bits, 0x846CA68BU));
  const auto below =
      hn::Lt(hn::BitCast(integers, h), hn::Set(integers, k.drop_below));
  return hn::RebindMask(d, below);
}

/// c - v * scale, rounded once.
template <class D, class V>
HWY_INLINE V remainder(D d, V c, V v, const Constants& k) {
#if HWY_NATIVE_FMA
  return hn::NegMulAdd(v, hn::Set(d, k.scale), c);
#elif HWY_TARGET == HWY_SCALAR
  const double exact =
      static_cast<double>(hn::GetLane(c)) -
      static_cast<double>(hn::GetLane(v)) * static_cast<double>(k.scale);
  return hn::Set(d, static_cast<float>(exact));
#else
  // The product of 16 and 24 bits and, near the grid, the difference are exact
  // in float64.
  const hn::Half<D> half;
  const hn::Rebind<double, decltype(half)> wide;
  const auto scale = hn::Set(wide, static_cast<double>(k.scale));
  const auto part = [&](auto c_half, auto v_half) HWY_ATTR {
    const auto product = hn::Mul(hn::PromoteTo(wide, v_half), scale);
    return hn::DemoteTo(half, hn::Sub(hn::PromoteTo(wide, c_half), product));
  };
  const auto upper = part(hn::UpperHalf(half, c), hn::UpperHalf(half, v));
  return hn::Combine(
      d, upper, part(hn::LowerHalf(half, c), hn::LowerHalf(half, v)));
#endif
}

/// Calls `kernel` with the template arguments as constants.
template <class Kernel>
HWY_INLINE auto specialised(const Constants& k, const Kernel& kernel) {
  using std::bool_constant;
  const auto with_drop = [&](auto has_clamp) {
    switch (k.drop) {
      case Drop::None:
        return kernel(std::integral_constant<Drop, Drop::None>(), has_clamp);
      case Drop::Some:
        return kernel(std::integral_constant<Drop, Drop::Some>(), has_clamp);
      default:
        return kernel(std::integral_constant<Drop, Drop::All>(), has_clamp);
    }
  };
  return k.has_clamp ? with_drop(bool_constant<true>())
                     : with_drop(bool_constant<false>());
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
