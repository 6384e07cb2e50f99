// SPDX-License-Identifier: MIT
//
// Powers of float32 vectors; Highway includes it once for each instruction set.
#if defined(OMPQ_POWER_LANES_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef OMPQ_POWER_LANES_INL
#undef OMPQ_POWER_LANES_INL
#else
#define OMPQ_POWER_LANES_INL
#endif

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

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
