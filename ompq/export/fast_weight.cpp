// SPDX-License-Identifier: MIT
#include "ompq/export/fast_weight.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
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

 private:
  std::size_t count_;
  std::size_t stride_ = 1;
};

bool has_groups(const QuantizedWeight& weight) {
  return weight.scales.size() !=
         static_cast<std::size_t>(
             weight.shape[static_cast<std::size_t>(weight.axis)]);
}

/// code - zero point of every element.
std::vector<std::int32_t> differences(const QuantizedWeight& weight) {
  const Channels channels(weight);
  std::vector<std::int32_t> result = weight.codes;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] -= weight.zero_points[channels.of(i)];
  }
  return result;
}

QuantizedWeight with_codes(
    const QuantizedWeight& weight,
    std::vector<std::int32_t> codes,
    bool is_signed,
    std::int32_t zero_point) {
  for (std::int32_t& code : codes) {
    code += zero_point;
  }
  QuantizedWeight result = weight;
  result.grid = {.bits = 8, .is_signed = is_signed};
  result.codes = std::move(codes);
  std::ranges::fill(result.zero_points, zero_point);
  return result;
}

}  // namespace

std::optional<QuantizedWeight> with_one_zero_point(
    const QuantizedWeight& weight, std::int32_t highest_input) {
  if (has_groups(weight)) {
    return std::nullopt;
  }
  std::vector<std::int32_t> steps = differences(weight);
  if (steps.empty()) {
    return std::nullopt;
  }
  const auto [lowest, highest] = std::ranges::minmax(steps);
  const std::int32_t largest = std::max(-lowest, highest);
  constexpr std::int32_t kHighestSum = std::numeric_limits<std::int16_t>::max();
  const bool fits_bytes = lowest >= kLowestSigned && highest <= kHighestSigned;
  if (fits_bytes && 2 * highest_input * largest <= kHighestSum) {
    return with_codes(weight, std::move(steps), true, 0);
  }
  if (highest - lowest > kHighestUnsigned || highest > kHighestUnsigned ||
      lowest < -kHighestUnsigned) {
    return std::nullopt;
  }
  const std::int32_t zero_point =
      std::clamp(kMiddle, -lowest, kHighestUnsigned - highest);
  return with_codes(weight, std::move(steps), false, zero_point);
}

void fit_scales_to_biases(
    QuantizedWeight& weight, std::span<const float> bias, float input_scale) {
  constexpr double kFewSteps = 1 << 20;
  constexpr double kManySteps = 1 << 30;
  if (bias.size() != weight.scales.size()) {
    return;
  }
  const Channels channels(weight);
  std::vector<bool> is_empty(weight.scales.size(), true);
  for (std::size_t i = 0; i < weight.codes.size(); ++i) {
    const std::size_t channel = channels.of(i);
    if (weight.codes[i] != weight.zero_points[channel]) {
      is_empty[channel] = false;
    }
  }
  std::vector<double> shrinkage(bias.size(), 1.0);
  for (std::size_t i = 0; i < bias.size(); ++i) {
    const double reach = std::abs(bias[i]) / static_cast<double>(input_scale);
    const auto scale =
        static_cast<float>(reach / (is_empty[i] ? kFewSteps : kManySteps));
    if (std::isnormal(scale) && (is_empty[i] || weight.scales[i] < scale)) {
      shrinkage[i] = static_cast<double>(weight.scales[i]) / scale;
      weight.scales[i] = scale;
    }
  }
  for (std::size_t i = 0; i < weight.codes.size(); ++i) {
    const std::size_t channel = channels.of(i);
    const std::int32_t zero_point = weight.zero_points[channel];
    weight.codes[i] =
        zero_point + static_cast<std::int32_t>(std::nearbyint(
                         (weight.codes[i] - zero_point) *
                         (is_empty[channel] ? 1.0 : shrinkage[channel])));
  }
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
