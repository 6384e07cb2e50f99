// SPDX-License-Identifier: MIT
#include "ompq/data/subset.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/data/counting_dataset.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;

TEST(RandomIndices, AreDifferentAndInRange) {
  for (const std::int64_t count : {0, 1, 50, 100}) {
    auto indices = random_indices(100, count, 3);
    ASSERT_EQ(indices.size(), static_cast<std::size_t>(count));
    std::ranges::sort(indices);
    EXPECT_EQ(std::ranges::adjacent_find(indices), indices.end());
    EXPECT_THAT(
        indices,
        testing::Each(testing::AllOf(testing::Ge(0), testing::Lt(100))));
  }
}

TEST(RandomIndices, DependOnTheSeedOnly) {
  EXPECT_EQ(random_indices(1000, 20, 7), random_indices(1000, 20, 7));
  EXPECT_NE(random_indices(1000, 20, 7), random_indices(1000, 20, 8));
}

TEST(RandomIndices, AreTheSameOnEveryMachine) {
  // Fisher-Yates by hand with the generator's first outputs for seed 5489,
  // which the standard's description of the Mersenne Twister fixes.
  EXPECT_THAT(
      random_indices(10, 3, 5489),
      ElementsAre(14514284786278117030U % 10, testing::_, testing::_));
}

TEST(RandomIndices, ReachEveryPositionEvenly) {
  std::vector<int> hits(10);
  constexpr int kRuns = 5000;
  for (int seed = 0; seed < kRuns; ++seed) {
    ++hits[static_cast<std::size_t>(
        random_indices(10, 1, static_cast<std::uint64_t>(seed))[0])];
  }
  // Five standard deviations of a binomial count.
  EXPECT_THAT(
      hits,
      testing::Each(
          testing::AllOf(testing::Gt(500 - 107), testing::Lt(500 + 107))));
}

TEST(Subset, TakesTheFirstExamples) {
  const auto part = subset(
      std::make_shared<CountingDataset>(9),
      {.count = 3, .order = SampleOrder::First});
  EXPECT_EQ(part->size(), 3);
  EXPECT_EQ(part->name(2), "example 2");
  EXPECT_EQ(part->label(2), 2);
}

TEST(Subset, FollowsRandomIndices) {
  const auto indices = random_indices(9, 4, 11);
  const auto part =
      subset(std::make_shared<CountingDataset>(9), {.count = 4, .seed = 11});
  for (std::int64_t i = 0; i < 4; ++i) {
    EXPECT_EQ(part->get(i).label, indices[static_cast<std::size_t>(i)]);
  }
  EXPECT_TRUE(part->has_labels());
}

TEST(Subset, TakesAllOfASmallerDataset) {
  const auto dataset = std::make_shared<CountingDataset>(9);
  EXPECT_EQ(subset(dataset, {.count = 64})->size(), 9);
  expect_error(ErrorCode::InvalidArgument, "at least 1", [&] {
    static_cast<void>(subset(dataset, {.count = 0}));
  });
}

TEST(SelectExamples, RefusesAnIndexOutsideTheDataset) {
  expect_error(ErrorCode::InvalidArgument, "example 9 of 9", [] {
    static_cast<void>(
        select_examples(std::make_shared<CountingDataset>(9), {0, 9}));
  });
}

}  // namespace
}  // namespace ompq
