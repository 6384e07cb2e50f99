// SPDX-License-Identifier: MIT
#include "ompq/quantization/histogram.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// Numbers of both signs over many magnitudes, a third of them zeros.
std::vector<float> mixed_numbers(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<float> normal;
  std::uniform_int_distribution<int> exponent(-30, 10);
  std::vector<float> numbers(size);
  for (float& x : numbers) {
    x = generator() % 3 == 0
            ? 0.0F
            : std::ldexp(normal(generator), exponent(generator));
  }
  return numbers;
}

Histogram histogram_of(std::span<const float> numbers, std::int64_t bins) {
  Histogram histogram(bins);
  histogram.add(numbers);
  return histogram;
}

void expect_same(const Histogram& a, const Histogram& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.minimum(), b.minimum());
  EXPECT_EQ(a.maximum(), b.maximum());
  EXPECT_EQ(a.bin_width(), b.bin_width());
  EXPECT_EQ(a.bins(), b.bins());
}

/// Counts of a plain float64 histogram with the same width.
std::vector<Histogram::Bin> plain_bins(
    std::span<const float> numbers, double width) {
  std::map<double, std::int64_t> counts;
  for (const float x : numbers) {
    const double bin = std::floor(static_cast<double>(x) / width);
    ++counts[x == 0.0F ? 0.0 : (bin + 0.5) * width];
  }
  std::vector<Histogram::Bin> bins;
  for (const auto& [centre, count] : counts) {
    bins.push_back({.centre = centre, .count = count});
  }
  return bins;
}

TEST(Histogram, EqualsAPlainCount) {
  for (const std::size_t size : {1U, 7U, 100U, 5000U, 300'000U}) {
    const auto numbers = mixed_numbers(size, size);
    const Histogram histogram = histogram_of(numbers, 256);
    const auto [least, most] =
        std::minmax_element(numbers.begin(), numbers.end());

    EXPECT_EQ(histogram.count(), std::ssize(numbers));
    EXPECT_EQ(histogram.minimum(), *least);
    EXPECT_EQ(histogram.maximum(), *most);
    EXPECT_EQ(histogram.bins(), plain_bins(numbers, histogram.bin_width()));
  }
}

TEST(Histogram, UsesHalfOfItsBinsAtLeast) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::mt19937_64 generator(seed);
    std::uniform_real_distribution<float> uniform(
        -static_cast<float>(seed), 10.0F + static_cast<float>(seed * seed));
    std::vector<float> numbers(2000);
    std::generate(
        numbers.begin(), numbers.end(), [&] { return uniform(generator); });
    const Histogram histogram = histogram_of(numbers, 1024);
    const double range = static_cast<double>(histogram.maximum()) -
                         static_cast<double>(histogram.minimum());
    EXPECT_GE(range / histogram.bin_width(), 511.0);
    EXPECT_LE(range / histogram.bin_width(), 1024.0);
  }
}

TEST(Histogram, DoesNotDependOnHowTheStreamIsCut) {
  const auto numbers = mixed_numbers(200'000, 1);
  const Histogram expected = histogram_of(numbers, 1024);
  std::mt19937_64 generator(2);
  for (const std::size_t longest : {3U, 1000U, 150'000U}) {
    Histogram histogram(1024);
    std::span<const float> rest = numbers;
    while (!rest.empty()) {
      const std::size_t size =
          std::min<std::size_t>(rest.size(), generator() % longest);
      histogram.add(rest.first(size));
      rest = rest.subspan(size);
    }
    expect_same(histogram, expected);
  }
}

TEST(Histogram, DoesNotDependOnTheOrderOfTheStream) {
  auto numbers = mixed_numbers(20'000, 3);
  const Histogram expected = histogram_of(numbers, 64);
  std::sort(numbers.begin(), numbers.end());
  expect_same(histogram_of(numbers, 64), expected);
  std::reverse(numbers.begin(), numbers.end());
  expect_same(histogram_of(numbers, 64), expected);
}

TEST(Histogram, MergesToWhatOneWouldHaveCounted) {
  const auto numbers = mixed_numbers(90'000, 4);
  const std::span<const float> all = numbers;
  Histogram merged(512);
  Histogram middle(512);
  merged.add(all.first(10));
  middle.add(all.subspan(10, 80'000));
  middle.merge(Histogram(512));
  merged.merge(middle);
  merged.merge(histogram_of(all.subspan(80'010), 512));
  expect_same(merged, histogram_of(numbers, 512));

  Histogram from_empty(512);
  from_empty.merge(histogram_of(numbers, 512));
  expect_same(from_empty, merged);
}

TEST(Histogram, MergesWithItself) {
  const auto numbers = mixed_numbers(1000, 5);
  Histogram twice = histogram_of(numbers, 128);
  twice.merge(twice);
  auto expected = histogram_of(numbers, 128);
  expected.add(numbers);
  expect_same(twice, expected);
}

TEST(Histogram, KeepsZerosApart) {
  const std::vector<float> numbers{
      0.0F, -0.0F, 1.0F, std::numeric_limits<float>::min(), -1.0F, 0.0F};
  const auto bins = histogram_of(numbers, 64).bins();
  const auto zeros = std::find_if(
      bins.begin(), bins.end(), [](const auto& b) { return b.centre == 0.0; });
  ASSERT_NE(zeros, bins.end());
  EXPECT_EQ(zeros->count, 3);
  EXPECT_TRUE(std::is_sorted(
      bins.begin(), bins.end(), [](const auto& a, const auto& b) {
        return a.centre < b.centre;
      }));
}

TEST(Histogram, HoldsTheWholeRangeOfFloat32) {
  constexpr float kMost = std::numeric_limits<float>::max();
  const std::vector<float> numbers{
      kMost, -kMost, 1e-45F, -1e-45F, 0.0F, 1.0F, 1e-38F};
  const Histogram histogram = histogram_of(numbers, 64);
  std::int64_t count = 0;
  for (const auto& bin : histogram.bins()) {
    count += bin.count;
  }
  EXPECT_EQ(count, 7);
  EXPECT_EQ(histogram.minimum(), -kMost);
  EXPECT_EQ(histogram.bins(), plain_bins(numbers, histogram.bin_width()));
}

TEST(Histogram, IsEmptyAtFirst) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.minimum(), 0.0F);
  EXPECT_EQ(histogram.maximum(), 0.0F);
  EXPECT_TRUE(histogram.bins().empty());
}

TEST(Histogram, NamesTheNumberThatIsNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(),
        std::numeric_limits<float>::infinity(),
        -std::numeric_limits<float>::infinity()}) {
    std::vector<float> numbers(20'000, 1.0F);
    numbers[12'345] = bad;
    Histogram histogram;
    histogram.add(std::vector<float>(100, 2.0F));
    try {
      histogram.add(numbers);
      FAIL() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::InvalidData);
      EXPECT_NE(std::string(error.what()).find("12445"), std::string::npos)
          << error.what();
    }
  }
}

TEST(Histogram, RefusesOtherNumbersOfBins) {
  for (const std::int64_t bins : {0, 32, 100, -64}) {
    EXPECT_THROW(Histogram{bins}, Error) << bins;
  }
  Histogram histogram(64);
  EXPECT_THROW(histogram.merge(Histogram(128)), Error);
}

}  // namespace
}  // namespace ompq
