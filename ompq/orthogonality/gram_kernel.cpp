// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/gram_kernel.h"

#include "ompq/orthogonality/gram_packing.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/orthogonality/gram_kernel.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Tag = hn::ScalableTag<T>;

#if HWY_TARGET == HWY_SCALAR
// Without vectors there is one lane.
template <class D, class V>
HWY_INLINE void add_lanes(D, V a, V b, V c, V d, double* sums) {
  sums[0] += hn::GetLane(a);
  sums[1] += hn::GetLane(b);
  sums[2] += hn::GetLane(c);
  sums[3] += hn::GetLane(d);
}
#else
/// [sum of a, sum of b, sum of c, sum of d] in each 128-bit block.
template <class V>
HWY_INLINE V sum_four(Tag<float> tag, V a, V b, V c, V d) {
  const hn::RepartitionToWide<decltype(tag)> wide;
  const V ab =
      hn::Add(hn::InterleaveLower(tag, a, b), hn::InterleaveUpper(tag, a, b));
  const V cd =
      hn::Add(hn::InterleaveLower(tag, c, d), hn::InterleaveUpper(tag, c, d));
  const auto wide_ab = hn::BitCast(wide, ab);
  const auto wide_cd = hn::BitCast(wide, cd);
  return hn::Add(
      hn::BitCast(tag, hn::InterleaveLower(wide, wide_ab, wide_cd)),
      hn::BitCast(tag, hn::InterleaveUpper(wide, wide_ab, wide_cd)));
}

/// sums[0..3] += the sums of all lanes of a, b, c, d.
template <class V>
HWY_INLINE void add_lanes(
    Tag<float> tag, V a, V b, V c, V d, double* HWY_RESTRICT sums) {
  HWY_ALIGN float lanes[HWY_MAX_BYTES / sizeof(float)];
  hn::Store(sum_four(tag, a, b, c, d), tag, lanes);
  const hn::CappedTag<float, 4> four;
  auto total = hn::Load(four, lanes);
  for (std::size_t i = 4; i < hn::Lanes(tag); i += 4) {
    total = hn::Add(total, hn::Load(four, lanes + i));
  }
  hn::Store(total, four, lanes);
  for (int i = 0; i < 4; ++i) {
    sums[i] += static_cast<double>(lanes[i]);
  }
}

template <class V>
HWY_INLINE void add_lanes(
    Tag<double> tag, V a, V b, V c, V d, double* HWY_RESTRICT sums) {
  sums[0] += hn::GetLane(hn::SumOfLanes(tag, a));
  sums[1] += hn::GetLane(hn::SumOfLanes(tag, b));
  sums[2] += hn::GetLane(hn::SumOfLanes(tag, c));
  sums[3] += hn::GetLane(hn::SumOfLanes(tag, d));
}
#endif

/// Asks for an equal part of the memory ahead at every step.
class Prefetcher {
 public:
  /// @param idle  memory that is in the cache, for when nothing is ahead: a
  ///              branch at every step would cost more
  HWY_INLINE Prefetcher(ReadAhead ahead, const void* idle, std::int64_t steps) {
    const bool is_idle = ahead.begin == nullptr;
    at_ = static_cast<const char*>(is_idle ? idle : ahead.begin);
    stride_ = is_idle ? 0 : ahead.bytes / steps;
  }

  HWY_INLINE void step() {
    __builtin_prefetch(at_);
    at_ += stride_;
  }

 private:
  const char* at_;
  std::int64_t stride_;
};

template <typename T>
HWY_INLINE void tile_products(
    const T* HWY_RESTRICT left,
    const T* HWY_RESTRICT right,
    std::int64_t length,
    ReadAhead ahead,
    double* HWY_RESTRICT sums) {
  const Tag<T> tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  auto c00 = hn::Zero(tag), c01 = c00, c02 = c00, c03 = c00;
  auto c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  auto c20 = c00, c21 = c00, c22 = c00, c23 = c00;
  auto c30 = c00, c31 = c00, c32 = c00, c33 = c00;
  Prefetcher prefetcher(ahead, left, (length + lanes - 1) / lanes);
  for (std::int64_t k = 0; k < length; k += lanes) {
    const auto a0 = hn::Load(tag, left);
    const auto a1 = hn::Load(tag, left + lanes);
    const auto a2 = hn::Load(tag, left + 2 * lanes);
    const auto a3 = hn::Load(tag, left + 3 * lanes);
    prefetcher.step();
    auto b = hn::Load(tag, right);
    c00 = hn::MulAdd(a0, b, c00);
    c10 = hn::MulAdd(a1, b, c10);
    c20 = hn::MulAdd(a2, b, c20);
    c30 = hn::MulAdd(a3, b, c30);
    b = hn::Load(tag, right + lanes);
    c01 = hn::MulAdd(a0, b, c01);
    c11 = hn::MulAdd(a1, b, c11);
    c21 = hn::MulAdd(a2, b, c21);
    c31 = hn::MulAdd(a3, b, c31);
    b = hn::Load(tag, right + 2 * lanes);
    c02 = hn::MulAdd(a0, b, c02);
    c12 = hn::MulAdd(a1, b, c12);
    c22 = hn::MulAdd(a2, b, c22);
    c32 = hn::MulAdd(a3, b, c32);
    b = hn::Load(tag, right + 3 * lanes);
    c03 = hn::MulAdd(a0, b, c03);
    c13 = hn::MulAdd(a1, b, c13);
    c23 = hn::MulAdd(a2, b, c23);
    c33 = hn::MulAdd(a3, b, c33);
    left += kTileRows * lanes;
    right += kTileRows * lanes;
  }
  add_lanes(tag, c00, c01, c02, c03, sums);
  add_lanes(tag, c10, c11, c12, c13, sums + 4);
  add_lanes(tag, c20, c21, c22, c23, sums + 8);
  add_lanes(tag, c30, c31, c32, c33, sums + 12);
}

// The upper triangle of the tile repeats the lower one: only 10 of the 16
// products are computed.
template <typename T>
HWY_INLINE void diagonal_products(
    const T* HWY_RESTRICT group,
    std::int64_t length,
    ReadAhead ahead,
    double* HWY_RESTRICT sums) {
  const Tag<T> tag;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(tag));
  const auto zero = hn::Zero(tag);
  auto c00 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  auto c22 = zero, c30 = zero, c31 = zero, c32 = zero, c33 = zero;
  Prefetcher prefetcher(ahead, group, (length + lanes - 1) / lanes);
  for (std::int64_t k = 0; k < length; k += lanes) {
    const auto a0 = hn::Load(tag, group);
    const auto a1 = hn::Load(tag, group + lanes);
    const auto a2 = hn::Load(tag, group + 2 * lanes);
    const auto a3 = hn::Load(tag, group + 3 * lanes);
    prefetcher.step();
    c00 = hn::MulAdd(a0, a0, c00);
    c10 = hn::MulAdd(a1, a0, c10);
    c11 = hn::MulAdd(a1, a1, c11);
    c20 = hn::MulAdd(a2, a0, c20);
    c21 = hn::MulAdd(a2, a1, c21);
    c22 = hn::MulAdd(a2, a2, c22);
    c30 = hn::MulAdd(a3, a0, c30);
    c31 = hn::MulAdd(a3, a1, c31);
    c32 = hn::MulAdd(a3, a2, c32);
    c33 = hn::MulAdd(a3, a3, c33);
    group += kTileRows * lanes;
  }
  add_lanes(tag, c00, zero, zero, zero, sums);
  add_lanes(tag, c10, c11, zero, zero, sums + 4);
  add_lanes(tag, c20, c21, c22, zero, sums + 8);
  add_lanes(tag, c30, c31, c32, c33, sums + 12);
}

void add_tile_float(
    const float* left,
    const float* right,
    std::int64_t length,
    ReadAhead ahead,
    double* sums) {
  tile_products(left, right, length, ahead, sums);
}

void add_tile_double(
    const double* left,
    const double* right,
    std::int64_t length,
    ReadAhead ahead,
    double* sums) {
  tile_products(left, right, length, ahead, sums);
}

void add_diagonal_tile_float(
    const float* group, std::int64_t length, ReadAhead ahead, double* sums) {
  diagonal_products(group, length, ahead, sums);
}

void add_diagonal_tile_double(
    const double* group, std::int64_t length, ReadAhead ahead, double* sums) {
  diagonal_products(group, length, ahead, sums);
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(add_tile_float);
HWY_EXPORT(add_tile_double);
HWY_EXPORT(add_diagonal_tile_float);
HWY_EXPORT(add_diagonal_tile_double);

void add_tile(
    const float* left,
    const float* right,
    std::int64_t length,
    ReadAhead ahead,
    double* sums) {
  HWY_DYNAMIC_DISPATCH(add_tile_float)(left, right, length, ahead, sums);
}

void add_tile(
    const double* left,
    const double* right,
    std::int64_t length,
    ReadAhead ahead,
    double* sums) {
  HWY_DYNAMIC_DISPATCH(add_tile_double)(left, right, length, ahead, sums);
}

void add_diagonal_tile(
    const float* group, std::int64_t length, ReadAhead ahead, double* sums) {
  HWY_DYNAMIC_DISPATCH(add_diagonal_tile_float)(group, length, ahead, sums);
}

void add_diagonal_tile(
    const double* group, std::int64_t length, ReadAhead ahead, double* sums) {
  HWY_DYNAMIC_DISPATCH(add_diagonal_tile_double)(group, length, ahead, sums);
}

}  // namespace ompq::detail
#endif  // HWY_ONCE
