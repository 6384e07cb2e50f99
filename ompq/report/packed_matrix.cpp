// SPDX-License-Identifier: MIT
#include "ompq/report/packed_matrix.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ompq {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits <<= 8U;
      bits |= j < count ? static_cast<unsigned char>(bytes[i + j]) : 0U;
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= count ? kDigits[(bits >> (18U - 6U * j)) & 63U] : '=';
    }
  }
  return text;
}

std::string pack_shares(const Matrix& matrix) {
  constexpr double kLargest = 65535.0;
  std::string bytes;
  for (std::int64_t i = 0; i < matrix.rows(); ++i) {
    for (std::int64_t j = i; j < matrix.columns(); ++j) {
      const auto share = static_cast<std::uint16_t>(
          std::lround(std::clamp(matrix(i, j), 0.0, 1.0) * kLargest));
      bytes += static_cast<char>(share & 0xFFU);
      bytes += static_cast<char>(share >> 8U);
    }
  }
  return to_base64(bytes);
}

}  // namespace ompq
