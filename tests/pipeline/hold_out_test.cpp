// SPDX-License-Identifier: MIT
#include <memory>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "ompq/data/synthetic_dataset.h"
#include "ompq/pipeline/train_data.h"

namespace ompq {
namespace {

std::shared_ptr<const Dataset> pictures(std::int64_t size) {
  return std::make_shared<SyntheticDataset>(SyntheticOptions{.size = size});
}

std::set<std::string> names(const Dataset& dataset) {
  std::set<std::string> result;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    result.insert(dataset.name(i));
  }
  return result;
}

TEST(HoldOut, SplitsWithoutOverlap) {
  const HeldOut held = hold_out(pictures(40), 0.25, 3);
  ASSERT_NE(held.validation, nullptr);
  EXPECT_EQ(held.validation->size(), 10);
  EXPECT_EQ(held.training->size(), 30);
  std::set<std::string> all = names(*held.training);
  all.merge(names(*held.validation));
  EXPECT_EQ(all, names(*pictures(40)));
}

TEST(HoldOut, FollowsTheSeed) {
  EXPECT_EQ(
      names(*hold_out(pictures(40), 0.25, 3).validation),
      names(*hold_out(pictures(40), 0.25, 3).validation));
  EXPECT_NE(
      names(*hold_out(pictures(40), 0.25, 3).validation),
      names(*hold_out(pictures(40), 0.25, 4).validation));
}

TEST(HoldOut, LeavesSomethingToTrainOn) {
  EXPECT_EQ(hold_out(pictures(40), 0.0, 3).validation, nullptr);
  EXPECT_EQ(hold_out(pictures(1), 0.9, 3).training->size(), 1);
  EXPECT_EQ(hold_out(pictures(2), 0.9, 3).training->size(), 1);
}

}  // namespace
}  // namespace ompq
