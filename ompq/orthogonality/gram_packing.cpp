// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/gram_packing.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/orthogonality/gram_packing.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Tag = hn::ScalableTag<T>;

/// Values [whole, length) of a row, padded by zeros to a vector.
template <class D, typename T>
HWY_INLINE void pack_tail(
    D tag, const T* tail, std::int64_t count, T* HWY_RESTRICT packed) {
  hn::Store(hn::Zero(tag), tag, packed);
  std::copy(tail, tail + count, packed);
}

template <typename T>
HWY_INLINE void pack_rows(
    const RowGroup<const T>& group,
    std::int64_t begin,
    std::int64_t length,
    T* HWY_RESTRICT packed) {
  const Tag<T> tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  const std::int64_t whole = length - length % lanes;
  for (std::int64_t r = 0; r < kTileRows; ++r) {
    T* HWY_RESTRICT to = packed + r * lanes;
    const T* HWY_RESTRICT from = group.row[r];
    if (from == nullptr) {
      for (std::int64_t k = 0; k < length; k += lanes) {
        hn::Store(hn::Zero(tag), tag, to + k * kTileRows);
      }
      continue;
    }
    from += begin;
    for (std::int64_t k = 0; k < whole; k += lanes) {
      hn::Store(hn::LoadU(tag, from + k), tag, to + k * kTileRows);
    }
    if (whole < length) {
      pack_tail(tag, from + whole, length - whole, to + whole * kTileRows);
    }
  }
}

HWY_INLINE void pack_and_clamp_row(
    float* HWY_RESTRICT from,
    std::int64_t length,
    float low,
    float high,
    float* HWY_RESTRICT to) {
  const Tag<float> tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  const auto lows = hn::Set(tag, low);
  const auto highs = hn::Set(tag, high);
  const std::int64_t whole = length - length % lanes;
  for (std::int64_t k = 0; k < whole; k += lanes) {
    const auto values = hn::LoadU(tag, from + k);
    hn::Store(values, tag, to + k * kTileRows);
    hn::StoreU(hn::Min(hn::Max(values, lows), highs), tag, from + k);
  }
  if (whole < length) {
    pack_tail(tag, from + whole, length - whole, to + whole * kTileRows);
    for (std::int64_t k = whole; k < length; ++k) {
      from[k] = std::min(std::max(from[k], low), high);
    }
  }
}

void pack_group_float(
    const RowGroup<const float>& group,
    std::int64_t begin,
    std::int64_t length,
    float* packed) {
  pack_rows(group, begin, length, packed);
}

void pack_group_double(
    const RowGroup<const double>& group,
    std::int64_t begin,
    std::int64_t length,
    double* packed) {
  pack_rows(group, begin, length, packed);
}

void pack_group_then_clamp(
    const RowGroup<float>& group,
    std::int64_t begin,
    std::int64_t length,
    float low,
    float high,
    float* packed) {
  const Tag<float> tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  for (std::int64_t r = 0; r < kTileRows; ++r) {
    float* to = packed + r * lanes;
    if (group.row[r] != nullptr) {
      pack_and_clamp_row(group.row[r] + begin, length, low, high, to);
      continue;
    }
    for (std::int64_t k = 0; k < length; k += lanes) {
      hn::Store(hn::Zero(tag), tag, to + k * kTileRows);
    }
  }
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(pack_group_float);
HWY_EXPORT(pack_group_double);
HWY_EXPORT(pack_group_then_clamp);

void pack_group(
    const RowGroup<const float>& group,
    std::int64_t begin,
    std::int64_t length,
    float* packed) {
  HWY_DYNAMIC_DISPATCH(pack_group_float)(group, begin, length, packed);
}

void pack_group(
    const RowGroup<const double>& group,
    std::int64_t begin,
    std::int64_t length,
    double* packed) {
  HWY_DYNAMIC_DISPATCH(pack_group_double)(group, begin, length, packed);
}

void pack_group_then_clamp(
    const RowGroup<float>& group,
    std::int64_t begin,
    std::int64_t length,
    float low,
    float high,
    float* packed) {
  HWY_DYNAMIC_DISPATCH(pack_group_then_clamp)
  (group, begin, length, low, high, packed);
}

}  // namespace ompq::detail
#endif  // HWY_ONCE
