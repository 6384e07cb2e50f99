// SPDX-License-Identifier: MIT
#include "ompq/quantization/histogram.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/quantization/histogram_kernel.h"

namespace ompq {
namespace {

/// Numbers are read twice, for their range and for their bins; the second time
/// they are in the first cache.
constexpr std::size_t kBlock = 4096;
/// Bins hold at most this much of the largest number: floor(x / w) is exact.
constexpr int kLargestQuotient = 23;
/// Smaller widths have no float32 inverse.
constexpr int kLeastExponent = -100;

std::int64_t bin_of(float x, int exponent) {
  return static_cast<std::int64_t>(
      std::floor(std::ldexp(static_cast<double>(x), -exponent)));
}

/// Smallest exponent of a width with which the range fits into the bins.
int least_exponent(float minimum, float maximum, std::int64_t bins) {
  const float largest = std::max(std::abs(minimum), std::abs(maximum));
  int exponent =
      largest > 0.0F
          ? std::max(kLeastExponent, std::ilogb(largest) - kLargestQuotient + 1)
          : kLeastExponent;
  while (bin_of(maximum, exponent) - bin_of(minimum, exponent) >= bins) {
    ++exponent;
  }
  return exponent;
}

}  // namespace

Histogram::Histogram(std::int64_t bins) : exponent_(kLeastExponent) {
  OMPQ_CHECK(
      bins >= 64 && bins <= (std::int64_t{1} << 24) &&
          std::has_single_bit(static_cast<std::uint64_t>(bins)),
      ErrorCode::InvalidArgument,
      "[histogram] {} bins; expected a power of two from 64 to 2^24",
      bins);
  counts_.resize(static_cast<std::size_t>(bins) + 1);
  quick_counts_.resize(4 * counts_.size());
}

void Histogram::add(std::span<const float> numbers) {
  // Collecting the quick counts pays from some numbers a counter on.
  const bool is_quick = numbers.size() >= quick_counts_.size();
  constexpr std::size_t kMostUncollected = std::size_t{1} << 30;
  std::size_t uncollected = 0;
  while (!numbers.empty()) {
    const auto block = numbers.first(std::min(numbers.size(), kBlock));
    numbers = numbers.subspan(block.size());
    count_block(block, is_quick);
    uncollected += block.size();
    if (is_quick && (numbers.empty() || uncollected >= kMostUncollected)) {
      collect();
      uncollected = 0;
    }
  }
}

void Histogram::count_block(std::span<const float> numbers, bool is_quick) {
  const detail::Extremes found = detail::find_extremes(numbers);
  if (!found.is_finite) {
    collect();
    const auto bad = std::find_if(numbers.begin(), numbers.end(), [](float x) {
      return !std::isfinite(x);
    });
    fail(
        ErrorCode::InvalidData,
        "[histogram] number {} of the stream, counted from 0, is {}; expected "
        "a finite number",
        count_ + std::distance(numbers.begin(), bad),
        *bad);
  }
  include(found.minimum, found.maximum);
  std::array<std::uint32_t, kBlock> positions;  // NOLINT: filled below
  detail::find_positions(
      {.per_width = std::ldexp(1.0F, -exponent_),
       .bins = static_cast<std::int32_t>(slots())},
      numbers,
      positions);
  if (is_quick) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ++quick_counts_[positions[i]];
    }
  } else {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      ++counts_[positions[i] / 4];
    }
  }
  count_ += std::ssize(numbers);
}

void Histogram::collect() {
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    for (std::size_t j = 4 * i; j < 4 * i + 4; ++j) {
      counts_[i] += quick_counts_[j];
      quick_counts_[j] = 0;
    }
  }
}

void Histogram::include(float minimum, float maximum) {
  if (count_ > 0 && minimum >= minimum_ && maximum <= maximum_) {
    return;
  }
  const float old_minimum = minimum_;
  const float old_maximum = maximum_;
  minimum_ = count_ > 0 ? std::min(minimum_, minimum) : minimum;
  maximum_ = count_ > 0 ? std::max(maximum_, maximum) : maximum;
  const int exponent = least_exponent(minimum_, maximum_, slots());
  const int widened = exponent - std::exchange(exponent_, exponent);
  if (count_ == 0 || widened == 0) {
    return;
  }
  collect();
  std::vector<std::int64_t> merged(counts_.size());
  merged.back() = counts_.back();
  const int old_exponent = exponent - widened;
  const std::int64_t last = bin_of(old_maximum, old_exponent);
  for (auto bin = bin_of(old_minimum, old_exponent); bin <= last; ++bin) {
    merged[slot(bin >> std::min(widened, 63))] += counts_[slot(bin)];
  }
  counts_ = std::move(merged);
}

void Histogram::merge(const Histogram& other) {
  OMPQ_CHECK(
      slots() == other.slots(),
      ErrorCode::InvalidArgument,
      "[histogram] cannot merge {} and {} bins; make both histograms alike",
      slots(),
      other.slots());
  if (other.count_ == 0) {
    return;
  }
  // A copy, lest a histogram that is merged with itself changes on the way.
  const std::vector<std::int64_t> added = other.counts_;
  const int added_exponent = other.exponent_;
  const std::int64_t first = bin_of(other.minimum_, added_exponent);
  const std::int64_t last = bin_of(other.maximum_, added_exponent);
  const std::int64_t added_count = other.count_;
  include(other.minimum_, other.maximum_);
  const int widened = std::min(exponent_ - added_exponent, 63);
  for (std::int64_t bin = first; bin <= last; ++bin) {
    counts_[slot(bin >> widened)] += added[slot(bin)];
  }
  counts_.back() += added.back();
  count_ += added_count;
}

double Histogram::bin_width() const {
  return std::ldexp(1.0, exponent_);
}

std::vector<Histogram::Bin> Histogram::bins() const {
  std::vector<Bin> filled;
  const double width = bin_width();
  const std::int64_t zeros = counts_.back();
  bool has_zeros = zeros > 0;
  const auto add_zeros = [&] {
    if (std::exchange(has_zeros, false)) {
      filled.push_back({.centre = 0.0, .count = zeros});
    }
  };
  if (count_ > 0) {
    const std::int64_t last = bin_of(maximum_, exponent_);
    for (auto bin = bin_of(minimum_, exponent_); bin <= last; ++bin) {
      if (bin >= 0) {
        add_zeros();
      }
      if (const std::int64_t count = counts_[slot(bin)]; count > 0) {
        const double centre = (static_cast<double>(bin) + 0.5) * width;
        filled.push_back({.centre = centre, .count = count});
      }
    }
    add_zeros();
  }
  return filled;
}

}  // namespace ompq
