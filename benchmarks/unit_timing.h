// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ompq {

/// What is timed.
struct UnitTimingSettings {
  std::string model;
  std::int64_t batch = 32;
  int threads = 0;
  int rounds = 7;
  int weight_bits = 4;
  /// Probability that an activation stays float.
  double drop_probability = 0.5;
  bool is_only_ours = false;
};

/// Median milliseconds of one step of a unit.
struct UnitTimes {
  std::string name;
  std::size_t layers = 0;
  double ours = 0.0;
  double plain = 0.0;
  double plain_channels_last = 0.0;
  /// Of moving all examples through the float and the quantized unit.
  double frontier = 0.0;
};

/// Times one gradient step of every unit of a network on random inputs, both
/// sides in turns.
///
/// @throws Error{InvalidData}  the two sides give different gradients
[[nodiscard]] std::vector<UnitTimes> time_units(
    const UnitTimingSettings& settings);

}  // namespace ompq
