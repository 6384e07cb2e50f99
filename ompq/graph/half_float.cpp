// SPDX-License-Identifier: MIT
#include "ompq/graph/half_float.h"

#include <bit>
#include <cmath>

namespace ompq::detail {
namespace {

constexpr std::uint32_t kFloatExponent = 0x7F800000U;

}  // namespace

float float_from_half(std::uint16_t bits) {
  const bool negative = (bits & 0x8000U) != 0;
  const int exponent = (bits >> 10) & 0x1F;
  const int mantissa = bits & 0x3FF;
  if (exponent == 0x1F) {
    const std::uint32_t sign = negative ? 0x80000000U : 0U;
    const auto payload = static_cast<std::uint32_t>(mantissa) << 13;
    return std::bit_cast<float>(sign | kFloatExponent | payload);
  }
  const float magnitude =
      exponent == 0
          ? std::ldexp(static_cast<float>(mantissa), -24)
          : std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
  return negative ? -magnitude : magnitude;
}

std::uint16_t half_from_float(float number) {
  const auto bits = std::bit_cast<std::uint32_t>(number);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  if (std::isnan(number)) {
    return static_cast<std::uint16_t>(sign | 0x7E00U);
  }
  const float magnitude = std::fabs(number);
  // 65520 is half-way between the largest finite number and the next one.
  if (magnitude >= 65520.0F) {
    return static_cast<std::uint16_t>(sign | 0x7C00U);
  }
  // Below 2^-14 the steps are 2^-24: nearbyint rounds ties to even.
  if (magnitude < 6.103515625e-05F) {
    const float steps = std::nearbyint(std::ldexp(magnitude, 24));
    return static_cast<std::uint16_t>(sign | static_cast<int>(steps));
  }
  const std::uint32_t positive = bits & 0x7FFFFFFFU;
  const std::uint32_t odd = (positive >> 13) & 1U;
  const std::uint32_t rounded = positive + 0xFFFU + odd - (112U << 23);
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

float float_from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t bfloat16_from_float(float number) {
  const auto bits = std::bit_cast<std::uint32_t>(number);
  if (std::isnan(number)) {
    return static_cast<std::uint16_t>((bits >> 16) | 0x40U);
  }
  const std::uint32_t odd = (bits >> 16) & 1U;
  return static_cast<std::uint16_t>((bits + 0x7FFFU + odd) >> 16);
}

}  // namespace ompq::detail
