// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Distribution of a stream of numbers in bounded memory: equal bins whose
/// width doubles as the range grows, so that no number is seen twice and
/// merging adjacent bins loses nothing but resolution. Exact minimum, maximum
/// and count. The result does not depend on how the stream is cut into pieces.
class OMPQ_API Histogram {
 public:
  /// @param bins  number of bins in memory; a power of two, at least 64
  explicit Histogram(std::int64_t bins = 4096);

  /// Adds numbers; vectorised.
  ///
  /// @throws Error{InvalidData}  a number is NaN or infinite; says which
  void add(std::span<const float> numbers);

  /// Adds another histogram of the same stream (another thread's part).
  void merge(const Histogram& other);

  [[nodiscard]] std::int64_t count() const;
  [[nodiscard]] float minimum() const;
  [[nodiscard]] float maximum() const;
  /// A bin: its centre and how many numbers fell into it; empty ones left out.
  /// Exact zeros are a bin of their own, because ReLU makes so many.
  struct Bin {
    double centre = 0.0;
    std::int64_t count = 0;
  };
  [[nodiscard]] std::vector<Bin> bins() const;
};

}  // namespace ompq
