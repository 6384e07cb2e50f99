// SPDX-License-Identifier: MIT
#include "ompq/export/fast_weight.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace ompq::detail {
namespace {

constexpr std::int32_t kLowestSigned = -128;
constexpr std::int32_t kHighestSigned = 127;
constexpr std::int32_t kHighestUnsigned = 255;
constexpr std::int32_t kMiddle = 128;

/// Channel of each element, in the order of the codes.
class Channels {
 public:
  explicit Channels(const QuantizedWeight& weight)
      : count_(static_cast<std::size_t>(
            weight.shape[static_cast<std::size_t>(weight.axis)])) {
    for (auto axis = static_cast<std::size_t>(weight.axis) + 1;
         axis < weight.shape.size();
         ++axis) {
      stride_ *= static_cast<std::size_t>(weight.shape[axis]);
    }
  }

  [[nodiscard]] std::size_t of(std::size_t element) const {
    return element / stride_ % count_;
  }

  /// Elements one behind the other that belong to the same channel.
  [[nodiscard]] std::size_t run_length() const { return stride_; }

 private:
  std::size_t count_;
  std::size_t stride_ = 1;
};

bool has_groups(const QuantizedWeight& weight) {
  return weight.scales.size() !=
         static_cast<std::size_t>(
             weight.shape[static_cast<std::size_t>(weight.axis)]);
}

/// Lowest and highest code - zero point.
std::pair<std::int32_t, std::int32_t> reach(const QuantizedWeight& weight) {
  const Channels channels(weight);
  std::int32_t lowest = std::numeric_limits<std::int32_t>::max();
  std::int32_t highest = std::numeric_limits<std::int32_t>::min();
  const std::span<const std::int32_t> codes(weight.codes);
  for (std::size_t begin = 0; begin < codes.size();
       begin += channels.run_length()) {
    const std::int32_t zero_point = weight.zero_points[channels.of(begin)];
    const auto [low, high] =
        std::ranges::minmax(codes.subspan(begin, channels.run_length()));
    lowest = std::min(lowest, low - zero_point);
    highest = std::max(highest, high - zero_point);
  }
  return {lowest, highest};
}

/// Channels whose weights are all 0.
std::vector<bool> empty_channels(const QuantizedWeight& weight) {
  const Channels channels(weight);
  const std::size_t run = channels.run_length();
  std::vector<bool> is_empty(weight.scales.size(), true);
  for (std::size_t begin = 0; begin < weight.codes.size(); begin += run) {
    const std::size_t channel = channels.of(begin);
    const auto codes = std::span(weight.codes).subspan(begin, run);
    is_empty[channel] =
        is_empty[channel] && std::ranges::all_of(codes, [&](std::int32_t code) {
          return code == weight.zero_points[channel];
        });
  }
  return is_empty;
}

}  // namespace

std::optional<OneZeroPoint> one_zero_point(
    const QuantizedWeight& weight, std::int32_t highest_input) {
  if (has_groups(weight) || weight.codes.empty()) {
    return std::nullopt;
  }
  const auto [lowest, highest] = reach(weight);
  const std::int32_t largest = std::max(-lowest, highest);
  constexpr std::int32_t kHighestSum = std::numeric_limits<std::int16_t>::max();
  const bool fits_bytes = lowest >= kLowestSigned && highest <= kHighestSigned;
  if (fits_bytes && 2 * highest_input * largest <= kHighestSum) {
    return OneZeroPoint{.is_signed = true, .zero_point = 0};
  }
  if (highest - lowest > kHighestUnsigned || highest > kHighestUnsigned ||
      lowest < -kHighestUnsigned) {
    return std::nullopt;
  }
  return OneZeroPoint{
      .is_signed = false,
      .zero_point = std::clamp(kMiddle, -lowest, kHighestUnsigned - highest)};
}

std::optional<QuantizedWeight> with_one_zero_point(
    const QuantizedWeight& weight, std::int32_t highest_input) {
  const auto one = one_zero_point(weight, highest_input);
  if (!one) {
    return std::nullopt;
  }
  const Channels channels(weight);
  QuantizedWeight result = weight;
  result.grid = {.bits = 8, .is_signed = one->is_signed};
  for (std::size_t i = 0; i < result.codes.size(); ++i) {
    result.codes[i] += one->zero_point - weight.zero_points[channels.of(i)];
  }
  std::ranges::fill(result.zero_points, one->zero_point);
  return result;
}

std::vector<float> fitted_scales(
    const QuantizedWeight& weight,
    std::span<const float> bias,
    float input_scale) {
  constexpr double kFewSteps = 1 << 20;
  constexpr double kManySteps = 1 << 30;
  std::vector<float> scales = weight.scales;
  if (bias.size() != scales.size()) {
    return scales;
  }
  const std::vector<bool> is_empty = empty_channels(weight);
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const double reach = std::abs(bias[i]) / static_cast<double>(input_scale);
    const auto scale =
        static_cast<float>(reach / (is_empty[i] ? kFewSteps : kManySteps));
    if (std::isnormal(scale) && (is_empty[i] || scales[i] < scale)) {
      scales[i] = scale;
    }
  }
  return scales;
}

void fit_scales_to_biases(
    QuantizedWeight& weight, std::span<const float> bias, float input_scale) {
  std::vector<float> scales = fitted_scales(weight, bias, input_scale);
  const Channels channels(weight);
  const std::size_t run = channels.run_length();
  for (std::size_t begin = 0; begin < weight.codes.size(); begin += run) {
    const std::size_t channel = channels.of(begin);
    if (scales[channel] == weight.scales[channel]) {
      continue;
    }
    const std::int32_t zero_point = weight.zero_points[channel];
    const double shrinkage =
        static_cast<double>(weight.scales[channel]) / scales[channel];
    for (std::size_t i = begin; i < begin + run; ++i) {
      weight.codes[i] =
          zero_point + static_cast<std::int32_t>(std::nearbyint(
                           (weight.codes[i] - zero_point) * shrinkage));
    }
  }
  weight.scales = std::move(scales);
}

std::optional<std::vector<std::int32_t>> bias_codes(
    std::span<const float> bias,
    std::span<const float> scales,
    float input_scale) {
  constexpr auto kHighest =
      static_cast<float>(std::numeric_limits<std::int32_t>::max() / 2);
  std::vector<std::int32_t> codes;
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const float scale = input_scale * scales[i % scales.size()];
    const float code = std::nearbyint(bias[i] / scale);
    if (!(std::abs(code) <= kHighest)) {
      return std::nullopt;
    }
    codes.push_back(static_cast<std::int32_t>(code));
  }
  return codes;
}

}  // namespace ompq::detail
