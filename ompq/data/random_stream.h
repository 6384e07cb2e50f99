// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace ompq {

/// Random integers that are the same on every platform and compiler, unlike
/// those of std::uniform_int_distribution. Streams of different seeds are
/// independent, also of neighbouring ones.
///
/// @source splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
///         generators", OOPSLA 2014
class RandomStream {
 public:
  explicit constexpr RandomStream(std::uint64_t seed) : state_(seed) {}

  /// 64 random bits.
  constexpr std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    return mix(state_);
  }

  /// Uniform in [low, high], both included; high - low < 2^31.
  constexpr std::int32_t between(std::int32_t low, std::int32_t high) {
    const auto width = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int32_t>(((next() >> 32U) * width) >> 32U);
  }

  /// True with a probability of `percent` in a hundred.
  constexpr bool chance(std::int32_t percent) {
    return between(0, 99) < percent;
  }

  /// The finalizer of splitmix64: a bijection that changes about half of the
  /// bits for any change of its argument.
  [[nodiscard]] static constexpr std::uint64_t mix(std::uint64_t bits) {
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace ompq
