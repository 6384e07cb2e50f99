// SPDX-License-Identifier: MIT
#include "ompq/data/random_stream.h"

#include <array>

#include <gtest/gtest.h>

namespace ompq {
namespace {

TEST(RandomStream, GivesTheNumbersOfSplitmix64) {
  // The first outputs of the authors' program for seed 1234567.
  RandomStream random(1234567);

  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
}

TEST(RandomStream, DrawsEveryNumberOfARangeAboutEquallyOften) {
  RandomStream random(7);
  std::array<int, 5> counts{};
  for (int i = 0; i < 50'000; ++i) {
    counts.at(static_cast<std::size_t>(random.between(-2, 2) + 2))++;
  }

  // Five standard deviations of a binomial count are 447.
  for (const int count : counts) {
    EXPECT_NEAR(count, 10'000, 450);
  }
}

}  // namespace
}  // namespace ompq
