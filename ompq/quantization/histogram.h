// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Distribution of a stream of numbers in bounded memory, with exact minimum,
/// maximum and count.
///
/// Bins are as wide as a power of two and their edges are multiples of it; the
/// power is the smallest with which all bins from the minimum to the maximum
/// fit into memory. When the range grows, pairs of bins are merged, and because
/// of floor(floor(x / w) / 2) = floor(x / 2w) the result is the one that the
/// wider bins would have given from the start. It depends on the set of numbers
/// alone: not on their order, on how the stream is cut into pieces, or on which
/// of several merged histograms saw them.
class OMPQ_API Histogram {
 public:
  /// @param bins  number of bins in memory; a power of two, at least 64. At
  ///              least half of them lie between the minimum and the maximum,
  ///              unless float32 has no such small differences
  /// @throws Error{InvalidArgument}  another number of bins
  explicit Histogram(std::int64_t bins = 4096);

  /// Adds numbers; vectorised.
  ///
  /// @throws Error{InvalidData}  a number is NaN or infinite; says which. Some
  ///                             of the numbers before it have been added
  void add(std::span<const float> numbers);

  /// Adds another histogram of the same stream (another thread's part).
  ///
  /// @throws Error{InvalidArgument}  it has another number of bins in memory
  void merge(const Histogram& other);

  [[nodiscard]] std::int64_t count() const { return count_; }
  /// 0 if there are no numbers.
  [[nodiscard]] float minimum() const { return minimum_; }
  /// 0 if there are no numbers.
  [[nodiscard]] float maximum() const { return maximum_; }

  /// A bin: its centre and how many numbers fell into it.
  struct Bin {
    double centre = 0.0;
    std::int64_t count = 0;

    friend bool operator==(const Bin&, const Bin&) = default;
  };
  /// In ascending order, empty ones left out. A bin holds the numbers in
  /// [centre - width / 2, centre + width / 2). Exact zeros are a bin of their
  /// own, because ReLU makes so many: of centre 0 and without width.
  [[nodiscard]] std::vector<Bin> bins() const;
  /// Width of the bins: a power of two.
  [[nodiscard]] double bin_width() const;

 private:
  /// Bins that hold the range so far and these two numbers.
  void include(float minimum, float maximum);
  void count_block(std::span<const float> numbers, bool is_quick);
  /// Adds the quick counts to the others.
  void collect();
  [[nodiscard]] std::int64_t slots() const { return std::ssize(counts_) - 1; }
  /// Counter of bin k.
  [[nodiscard]] std::size_t slot(std::int64_t bin) const {
    return static_cast<std::size_t>(bin & (slots() - 1));
  }

  std::int64_t count_ = 0;
  float minimum_ = 0.0F;
  float maximum_ = 0.0F;
  /// log2 of the width.
  int exponent_ = 0;
  /// Numbers of bin k, [k w, (k + 1) w), at k modulo bins; then the zeros.
  std::vector<std::int64_t> counts_;
  /// Four counters for each of `counts_`, one beside the other, so that equal
  /// numbers in a row do not wait for each other; zero between calls.
  std::vector<std::uint32_t> quick_counts_;
};

}  // namespace ompq
