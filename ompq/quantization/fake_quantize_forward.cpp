// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ompq/quantization/fake_quantize_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/quantization/fake_quantize_forward.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "ompq/quantization/fake_quantize_lanes.inl"

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {

template <Drop drop, bool has_clamp, class D>
HWY_INLINE void forward_vector(
    D d, const Constants& k, const float* x, float* y, std::uint32_t position) {
  const auto input = hn::LoadU(d, x);
  const auto c = has_clamp ? clamp(d, input, k) : input;
  auto result = c;
  if constexpr (drop != Drop::All) {
    result = hn::Mul(centred_code(d, c, k), hn::Set(d, k.scale));
  }
  if constexpr (drop == Drop::Some) {
    result = hn::IfThenElse(dropped(d, position, k), c, result);
  }
  hn::StoreU(hn::IfThenElseZero(hn::Eq(input, input), result), d, y);
}

template <Drop drop, bool has_clamp>
void forward_of(
    Constants k,
    const float* x,
    float* y,
    std::size_t size,
    std::uint32_t position) {
  const hn::CappedTag<float, kLanes> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    forward_vector<drop, has_clamp>(
        d, k, x + i, y + i, position + static_cast<std::uint32_t>(i));
  }
  if (i < size) {
    HWY_ALIGN float rest[kLanes] = {};
    std::copy(x + i, x + size, rest);
    forward_vector<drop, has_clamp>(
        d, k, rest, rest, position + static_cast<std::uint32_t>(i));
    std::copy(rest, rest + (size - i), y + i);
  }
}

void forward(
    const Constants& k,
    const float* x,
    float* y,
    std::size_t size,
    std::uint32_t position) {
  specialised(k, [&](auto drop, auto has_clamp) {
    forward_of<drop(), has_clamp()>(k, x, y, size, position);
  });
}

template <class D>
HWY_INLINE void code_vector(
    D d, const Constants& k, const float* x, std::int32_t* code) {
  const hn::Rebind<std::int32_t, D> integers;
  const auto input = hn::LoadU(d, x);
  const auto v =
      hn::IfThenElseZero(hn::Eq(input, input), centred_code(d, input, k));
  const auto q =
      hn::Add(hn::ConvertTo(integers, v), hn::Set(integers, k.zero_point));
  hn::StoreU(q, integers, code);
}

void codes(
    const Constants& constants,
    const float* x,
    std::int32_t* code,
    std::size_t size) {
  const Constants k = constants;
  const hn::CappedTag<float, kLanes> d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    code_vector(d, k, x + i, code + i);
  }
  if (i < size) {
    HWY_ALIGN float rest[kLanes] = {};
    HWY_ALIGN std::int32_t rest_codes[kLanes];
    std::copy(x + i, x + size, rest);
    code_vector(d, k, rest, rest_codes);
    std::copy(rest_codes, rest_codes + (size - i), code + i);
  }
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(forward);
HWY_EXPORT(codes);

void fake_quantize_piece(
    const FakeQuantizeConstants& constants,
    const float* x,
    float* y,
    std::size_t size,
    std::uint32_t position) {
  HWY_DYNAMIC_DISPATCH(forward)(constants, x, y, size, position);
}

void quantize_piece(
    const FakeQuantizeConstants& constants,
    const float* x,
    std::int32_t* code,
    std::size_t size) {
  HWY_DYNAMIC_DISPATCH(codes)(constants, x, code, size);
}

}  // namespace ompq::detail
#endif
