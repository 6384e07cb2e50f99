// SPDX-License-Identifier: MIT
#include "ompq/quantization/fake_quantize.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

#include "ompq/core/error.h"
#include "ompq/quantization/fake_quantize_kernels.h"

namespace ompq {
namespace {

using detail::FakeQuantizeConstants;

constexpr float kNoLimit = std::numeric_limits<float>::infinity();
constexpr std::uint64_t kHighPosition = std::uint64_t{1} << 32U;

/// Finalizer of splitmix64.
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
  return bits ^ (bits >> 31U);
}

void check_settings(const FakeQuantize& settings) {
  detail::check_grid(settings.grid, settings.parameters);
  OMPQ_CHECK(
      settings.low <= settings.high,
      ErrorCode::InvalidArgument,
      "[fake_quantize] clamp from {} to {}; expected low <= high",
      settings.low,
      settings.high);
  OMPQ_CHECK(
      0.0F <= settings.drop_probability && settings.drop_probability <= 1.0F,
      ErrorCode::InvalidArgument,
      "[fake_quantize] drop probability {}; expected 0 to 1",
      settings.drop_probability);
}

void check_size(std::size_t size, std::size_t other) {
  OMPQ_CHECK(
      size == other,
      ErrorCode::ShapeMismatch,
      "[fake_quantize] spans of {} and {} elements; expected the same number",
      size,
      other);
}

/// Calls piece(constants, begin, size, position) for pieces in which the upper
/// half of the position is constant.
template <class Piece>
void for_each_piece(
    const FakeQuantize& settings,
    std::size_t size,
    std::uint64_t offset,
    const Piece& piece) {
  for (std::size_t begin = 0; begin < size;) {
    const std::uint64_t at = offset + begin;
    const std::uint64_t left = kHighPosition - at % kHighPosition;
    const auto length =
        static_cast<std::size_t>(std::min<std::uint64_t>(size - begin, left));
    const auto constants =
        detail::make_constants(settings, static_cast<std::uint32_t>(at >> 32U));
    piece(constants, begin, length, static_cast<std::uint32_t>(at));
    begin += length;
  }
}

}  // namespace

namespace detail {

void check_grid(
    const IntegerGrid& grid,
    const AffineParameters& parameters,
    std::optional<std::int64_t> row) {
  const auto place = [row] { return row ? fmt::format("row {}: ", *row) : ""; };
  OMPQ_CHECK(
      1 <= grid.bits && grid.bits <= 16,
      ErrorCode::InvalidArgument,
      "[fake_quantize] {} bits; expected 1 to 16",
      grid.bits);
  OMPQ_CHECK(
      std::isfinite(parameters.scale) && parameters.scale > 0.0F,
      ErrorCode::InvalidArgument,
      "[fake_quantize] {}scale {}; expected a positive finite number",
      place(),
      parameters.scale);
  OMPQ_CHECK(
      grid.lowest() <= parameters.zero_point &&
          parameters.zero_point <= grid.highest(),
      ErrorCode::InvalidArgument,
      "[fake_quantize] {}zero point {} is off the grid {} to {}",
      place(),
      parameters.zero_point,
      grid.lowest(),
      grid.highest());
}

FakeQuantizeConstants make_constants(
    const FakeQuantize& settings, std::uint32_t high_position) {
  using Drop = FakeQuantizeConstants::Drop;
  const IntegerGrid& grid = settings.grid;
  const AffineParameters& parameters = settings.parameters;
  // Within these limits the unit and its product with the scale are exact.
  const int exponent = std::clamp(std::ilogb(parameters.scale), -126, 126);
  const float unit = std::ldexp(1.0F, -exponent);
  const double drop = static_cast<double>(settings.drop_probability);
  const std::uint64_t key =
      mix(((std::uint64_t{high_position} << 32U) | settings.seed) +
          0x9E3779B97F4A7C15U);
  return {
      .scale = parameters.scale,
      .zero_point = parameters.zero_point,
      .lowest = static_cast<float>(grid.lowest() - parameters.zero_point),
      .highest = static_cast<float>(grid.highest() - parameters.zero_point),
      .has_clamp = settings.low > -kNoLimit || settings.high < kNoLimit,
      .low = settings.low,
      .high = settings.high,
      .unit = unit,
      .scaled = parameters.scale * unit,
      .drop = drop == 0.0   ? Drop::None
              : drop == 1.0 ? Drop::All
                            : Drop::Some,
      .drop_below = static_cast<std::int32_t>(
          std::floor(std::min(drop, 0.9999999999) * 0x1p32) - 0x1p31),
      .first_key = static_cast<std::uint32_t>(key),
      .second_key = static_cast<std::uint32_t>(key >> 32U)};
}

}  // namespace detail

void fake_quantize(
    const FakeQuantize& settings,
    std::span<const float> x,
    std::span<float> y,
    std::uint64_t offset) {
  check_settings(settings);
  check_size(x.size(), y.size());
  for_each_piece(
      settings,
      x.size(),
      offset,
      [&](const FakeQuantizeConstants& constants,
          std::size_t begin,
          std::size_t size,
          std::uint32_t position) {
        detail::fake_quantize_piece(
            constants, x.data() + begin, y.data() + begin, size, position);
      });
}

double fake_quantize_gradient(
    const FakeQuantize& settings,
    std::span<const float> x,
    std::span<const float> dy,
    std::span<float> dx,
    std::uint64_t offset) {
  check_settings(settings);
  check_size(x.size(), dy.size());
  check_size(x.size(), dx.size());
  double sum = 0.0;
  for_each_piece(
      settings,
      x.size(),
      offset,
      [&](const FakeQuantizeConstants& constants,
          std::size_t begin,
          std::size_t size,
          std::uint32_t position) {
        sum += detail::fake_quantize_gradient_piece(
            constants,
            x.data() + begin,
            dy.data() + begin,
            dx.data() + begin,
            size,
            position);
      });
  return sum;
}

void quantize(
    const IntegerGrid& grid,
    const AffineParameters& parameters,
    std::span<const float> x,
    std::span<std::int32_t> codes) {
  detail::check_grid(grid, parameters);
  check_size(x.size(), codes.size());
  const auto constants =
      detail::make_constants({.grid = grid, .parameters = parameters});
  detail::quantize_piece(constants, x.data(), codes.data(), x.size());
}

}  // namespace ompq
