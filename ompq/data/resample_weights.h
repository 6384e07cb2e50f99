// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ompq::detail {

/// Binary digits after the point of a resampling weight.
inline constexpr int kWeightBits = 22;

/// For each output position of one axis, which input positions it averages
/// and their integer weights, which sum to 2^kWeightBits up to rounding.
class ResampleWeights {
 public:
  /// Weights of output positions [first, first + count) of an axis that goes
  /// from `input_size` to `output_size` pixels.
  ResampleWeights(
      std::int64_t input_size,
      std::int64_t output_size,
      std::int64_t first,
      std::int64_t count);

  /// Number of output positions.
  [[nodiscard]] std::int64_t size() const {
    return static_cast<std::int64_t>(taps_.size());
  }
  /// First input position under output `index` (0 = position `first`).
  [[nodiscard]] std::int64_t begin(std::int64_t index) const {
    return taps_[static_cast<std::size_t>(index)].begin;
  }
  /// Weights of the input positions from begin(index) on.
  [[nodiscard]] std::span<const std::int32_t> weights(
      std::int64_t index) const {
    const Taps& taps = taps_[static_cast<std::size_t>(index)];
    return {weights_.data() + taps.offset, taps.count};
  }
  /// Input positions that any output needs: [input_begin, input_end).
  [[nodiscard]] std::int64_t input_begin() const { return input_begin_; }
  [[nodiscard]] std::int64_t input_end() const { return input_end_; }

 private:
  struct Taps {
    std::int64_t begin;
    std::size_t offset;
    std::size_t count;
  };

  std::vector<Taps> taps_;
  std::vector<std::int32_t> weights_;
  std::int64_t input_begin_ = 0;
  std::int64_t input_end_ = 0;
};

}  // namespace ompq::detail
