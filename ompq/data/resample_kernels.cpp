// SPDX-License-Identifier: MIT
#include "ompq/data/resample_kernels.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

// Highway compiles what follows once for each instruction set, up to HWY_ONCE.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "ompq/data/resample_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace ompq::detail::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kChannels = 3;
constexpr std::int32_t kHalf = 1 << (kWeightBits - 1);

/// Sum over the taps of weight * 8-bit value for as many bytes as `d` has
/// lanes, from `pixel` on; the taps lie `stride` bytes apart. Rounded and
/// written to `target`.
template <class D>
HWY_INLINE void weigh(
    D d,
    const std::uint8_t* pixel,
    std::size_t stride,
    std::span<const std::int32_t> weights,
    std::uint8_t* target) {
  const hn::Rebind<std::uint8_t, D> bytes;
  auto sum = hn::Set(d, kHalf);
  for (const std::int32_t weight : weights) {
    const auto value = hn::PromoteTo(d, hn::LoadU(bytes, pixel));
    sum = hn::Add(sum, hn::Mul(value, hn::Set(d, weight)));
    pixel += stride;
  }
  const auto rounded = hn::ShiftRight<kWeightBits>(sum);
  hn::StoreU(hn::DemoteTo(bytes, rounded), bytes, target);
}

void rows(
    const Image& source,
    std::int64_t first_row,
    const ResampleWeights& weights,
    Image& out) {
  // A vector of four holds a pixel and the first byte of the next one, so lines
  // are copied to where a byte more may be read and written.
  const hn::CappedTag<std::int32_t, 4> d;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t in_size =
      static_cast<std::size_t>(source.width) * kChannels;
  const std::size_t out_size = static_cast<std::size_t>(out.width) * kChannels;
  std::vector<std::uint8_t> in_line(in_size + 1);
  std::vector<std::uint8_t> out_line(out_size + 1);
  const std::uint8_t* input =
      source.pixels.data() + static_cast<std::size_t>(first_row) * in_size;
  std::uint8_t* output = out.pixels.data();
  for (std::int64_t row = 0; row < out.height; ++row) {
    std::memcpy(in_line.data(), input, in_size);
    std::uint8_t* target = out_line.data();
    for (std::int64_t x = 0; x < weights.size(); ++x, target += kChannels) {
      const std::uint8_t* pixel =
          in_line.data() +
          static_cast<std::size_t>(weights.begin(x)) * kChannels;
      for (std::size_t i = 0; i < kChannels; i += lanes) {
        weigh(d, pixel + i, kChannels, weights.weights(x), target + i);
      }
    }
    std::memcpy(output, out_line.data(), out_size);
    input += in_size;
    output += out_size;
  }
}

void columns(const Image& source, const ResampleWeights& weights, Image& out) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::CappedTag<std::int32_t, 1> single;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t size = static_cast<std::size_t>(source.width) * kChannels;
  std::uint8_t* target = out.pixels.data();
  for (std::int64_t y = 0; y < out.height; ++y, target += size) {
    const std::uint8_t* line =
        source.pixels.data() +
        static_cast<std::size_t>(weights.begin(y) - weights.input_begin()) *
            size;
    const std::span<const std::int32_t> taps = weights.weights(y);
    std::size_t i = 0;
    for (; i + lanes <= size; i += lanes) {
      weigh(d, line + i, size, taps, target + i);
    }
    for (; i < size; ++i) {
      weigh(single, line + i, size, taps, target + i);
    }
  }
}

}  // namespace ompq::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace ompq::detail {

HWY_EXPORT(rows);
HWY_EXPORT(columns);

void resample_rows(
    const Image& source,
    std::int64_t first_row,
    const ResampleWeights& weights,
    Image& out) {
  HWY_DYNAMIC_DISPATCH(rows)(source, first_row, weights, out);
}

void resample_columns(
    const Image& source, const ResampleWeights& weights, Image& out) {
  HWY_DYNAMIC_DISPATCH(columns)(source, weights, out);
}

}  // namespace ompq::detail
#endif
