// SPDX-License-Identifier: MIT
#include "ompq/engine/code_arithmetic.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"

namespace ompq {
namespace {

/// Elements that one thread takes at least.
constexpr std::int64_t kGrain = 1 << 14;

/// Halves to even: adding 1.5 * 2^23 leaves no bit for a fraction.
///
/// @param number  between -2^22 and 2^22
float round_to_integer(float number) {
  constexpr float kShift = 12582912.0F;
  return (number + kShift) - kShift;
}

/// a b + c, rounded once: in float64 the sum of a code's product is exact.
float fused(float a, float b, float c) {
  return static_cast<float>(
      static_cast<double>(a) * static_cast<double>(b) + static_cast<double>(c));
}

template <typename Code>
constexpr float kLowest = std::numeric_limits<Code>::min();
template <typename Code>
constexpr float kHighest = std::numeric_limits<Code>::max();

/// [number] of a number that includes the zero point.
template <typename Code>
Code saturated(float number) {
  return static_cast<Code>(static_cast<std::int32_t>(
      round_to_integer(std::clamp(number, kLowest<Code>, kHighest<Code>))));
}

at::Tensor dense(const at::Tensor& tensor) {
  return tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
}

/// Calls `body` with a code of the tensor's type.
template <typename Body>
auto with_codes(const at::Tensor& codes, Body body) {
  if (codes.scalar_type() == at::kByte) {
    return body(std::uint8_t{});
  }
  OMPQ_CHECK(
      codes.scalar_type() == at::kChar,
      ErrorCode::Unsupported,
      "codes of one byte are expected");
  return body(std::int8_t{});
}

template <typename Number>
Number at_channel(const std::vector<Number>& numbers, std::int64_t channel) {
  return numbers.size() == 1 ? numbers.front()
                             : numbers[static_cast<std::size_t>(channel)];
}

template <typename Code>
struct Requantizer {
  const Requantization& to;
  float low = kLowest<Code> - static_cast<float>(to.zero_point);
  float high = kHighest<Code> - static_cast<float>(to.zero_point);

  /// The channels are what lies next to each other in memory.
  void rows(
      const float* sums,
      Code* codes,
      std::int64_t count,
      std::int64_t channels) const {
    for (std::int64_t row = 0; row < count; ++row) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t i = row * channels + c;
        codes[i] = code_of(
            sums[i],
            to.bias.empty() ? 0 : at_channel(to.bias, c),
            at_channel(to.multipliers, c));
      }
    }
  }

  void channel(
      const float* sums,
      Code* codes,
      std::int64_t count,
      std::int64_t c) const {
    const std::int32_t bias = to.bias.empty() ? 0 : at_channel(to.bias, c);
    const float multiplier = at_channel(to.multipliers, c);
    for (std::int64_t i = 0; i < count; ++i) {
      codes[i] = code_of(sums[i], bias, multiplier);
    }
  }

  [[nodiscard]] Code code_of(
      float sum, std::int32_t bias, float multiplier) const {
    const auto total =
        static_cast<float>(static_cast<std::int32_t>(sum) + bias);
    const float steps =
        round_to_integer(std::clamp(total * multiplier, low, high));
    return static_cast<Code>(static_cast<std::int32_t>(steps) + to.zero_point);
  }
};

/// Where channels lie in the memory of a dense tensor.
struct ChannelLayout {
  at::Tensor tensor;
  std::int64_t channels = 1;
  /// Elements of one channel next to each other.
  std::int64_t inner = 1;
};

ChannelLayout layout_of(const at::Tensor& tensor, std::int64_t axis) {
  ChannelLayout layout{.tensor = tensor, .channels = tensor.size(axis)};
  if (tensor.dim() == 4 && axis == 1 &&
      tensor.is_contiguous(at::MemoryFormat::ChannelsLast)) {
    return layout;
  }
  layout.tensor = tensor.contiguous();
  for (std::int64_t i = axis + 1; i < tensor.dim(); ++i) {
    layout.inner *= tensor.size(i);
  }
  return layout;
}

template <typename Combine>
at::Tensor combine_codes(
    const at::Tensor& a, const at::Tensor& b, const Combine& combine) {
  const auto both = at::broadcast_tensors({a, b});
  const bool is_like_left =
      a.sizes() == b.sizes() && a.strides() == b.strides();
  const at::Tensor left = is_like_left ? dense(a) : both[0].contiguous();
  const at::Tensor right = is_like_left ? dense(b) : both[1].contiguous();
  at::Tensor result = at::empty_like(left);
  with_codes(left, [&](auto code) {
    using Code = decltype(code);
    const Code* x = left.data_ptr<Code>();
    const Code* y = right.data_ptr<Code>();
    Code* z = result.data_ptr<Code>();
    at::parallel_for(
        0, left.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) {
            z[i] = saturated<Code>(
                combine(static_cast<float>(x[i]), static_cast<float>(y[i])));
          }
        });
  });
  return result;
}

}  // namespace

at::Tensor centred_codes(const at::Tensor& codes, std::int32_t zero_point) {
  const at::Tensor source = dense(codes);
  at::Tensor result =
      at::empty_like(source, source.options().dtype(at::kFloat));
  with_codes(source, [&](auto code) {
    using Code = decltype(code);
    const Code* from = source.data_ptr<Code>();
    float* to = result.data_ptr<float>();
    at::parallel_for(
        0, source.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t i = begin; i < end; ++i) {
            to[i] = static_cast<float>(std::int32_t{from[i]} - zero_point);
          }
        });
  });
  return result;
}

at::Tensor requantize(
    const at::Tensor& sums, std::int64_t axis, const Requantization& to) {
  const ChannelLayout layout = layout_of(sums, axis);
  const auto fits = [&](std::size_t count) {
    return count == 1 || static_cast<std::int64_t>(count) == layout.channels;
  };
  OMPQ_CHECK(
      fits(to.multipliers.size()) && (to.bias.empty() || fits(to.bias.size())),
      ErrorCode::ShapeMismatch,
      "{} channels, but {} scales and {} biases",
      layout.channels,
      to.multipliers.size(),
      to.bias.size());
  at::Tensor result = at::empty_like(
      layout.tensor, layout.tensor.options().dtype(to_scalar_type(to.type)));
  const float* from = layout.tensor.data_ptr<float>();
  if (sums.numel() == 0) {
    return result;
  }
  const std::int64_t step = layout.inner == 1 ? layout.channels : layout.inner;
  const std::int64_t parts = sums.numel() / step;
  const std::int64_t grain = std::max<std::int64_t>(1, kGrain / step);
  with_codes(result, [&](auto code) {
    using Code = decltype(code);
    Code* codes = result.data_ptr<Code>();
    const Requantizer<Code> requantizer{to};
    at::parallel_for(
        0, parts, grain, [&](std::int64_t begin, std::int64_t end) {
          if (layout.inner == 1) {
            requantizer.rows(
                from + begin * step,
                codes + begin * step,
                end - begin,
                layout.channels);
            return;
          }
          for (std::int64_t part = begin; part < end; ++part) {
            requantizer.channel(
                from + part * step,
                codes + part * step,
                step,
                part % layout.channels);
          }
        });
  });
  return result;
}

at::Tensor add_codes(
    const at::Tensor& a,
    const CodeGrid& a_grid,
    const at::Tensor& b,
    const CodeGrid& b_grid,
    const CodeGrid& c_grid) {
  const float ra = a_grid.scale / c_grid.scale;
  const float rb = b_grid.scale / c_grid.scale;
  const float shift = static_cast<float>(c_grid.zero_point) -
                      fused(
                          ra,
                          static_cast<float>(a_grid.zero_point),
                          rb * static_cast<float>(b_grid.zero_point));
  // A single number joins the shift, without a fused product.
  if (a.numel() == 1) {
    return combine_codes(a, b, [=](float x, float y) {
      const float product = x * ra;
      return fused(y, rb, shift + product);
    });
  }
  if (b.numel() == 1) {
    return combine_codes(a, b, [=](float x, float y) {
      const float product = y * rb;
      return fused(x, ra, shift + product);
    });
  }
  return combine_codes(a, b, [=](float x, float y) {
    return fused(x, ra, fused(y, rb, shift));
  });
}

at::Tensor multiply_codes(
    const at::Tensor& a,
    const CodeGrid& a_grid,
    const at::Tensor& b,
    const CodeGrid& b_grid,
    const CodeGrid& c_grid) {
  const float ratio = a_grid.scale * b_grid.scale / c_grid.scale;
  const auto za = static_cast<float>(a_grid.zero_point);
  const auto zb = static_cast<float>(b_grid.zero_point);
  const auto zc = static_cast<float>(c_grid.zero_point);
  return combine_codes(a, b, [=](float x, float y) {
    const float product = (x - za) * (y - zb) * ratio;
    return zc + product;
  });
}

}  // namespace ompq
