// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/granularity.h"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

const std::vector<double> kGamma = {1.0, 2.0, 6.0, 3.0};

TEST(ShareWithinGroups, GivesEveryLayerTheMeanOfItsGroup) {
  const std::vector<int> groups = {4, -1, 4, 7};
  EXPECT_EQ(
      share_within_groups(kGamma, groups),
      (std::vector<double>{3.5, 2.0, 3.5, 3.0}));
}

TEST(ShareWithinGroups, ChangesNothingWhenEveryLayerIsItsOwnGroup) {
  const std::vector<int> groups = {0, 1, 2, 3};
  EXPECT_EQ(share_within_groups(kGamma, groups), kGamma);
}

TEST(ShareWithinGroups, KeepsTheTotal) {
  const std::vector<int> groups = {0, 0, 0, 0};
  const auto shared = share_within_groups(kGamma, groups);
  EXPECT_DOUBLE_EQ(std::accumulate(shared.begin(), shared.end(), 0.0), 12.0);
  EXPECT_EQ(shared, std::vector<double>(4, 3.0));
}

TEST(ShareWithinGroups, RejectsDifferentLengths) {
  EXPECT_THROW(
      static_cast<void>(share_within_groups(kGamma, std::vector<int>{0, 1})),
      Error);
}

TEST(Granularity, IsReadBackFromItsName) {
  for (const Granularity granularity :
       {Granularity::Layer,
        Granularity::Block,
        Granularity::Stage,
        Granularity::Net}) {
    EXPECT_EQ(parse_granularity(to_string(granularity)), granularity);
  }
  EXPECT_THROW(static_cast<void>(parse_granularity("Layer ")), Error);
}

}  // namespace
}  // namespace ompq
