// SPDX-License-Identifier: MIT
#include "ompq/data/epochs.h"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/data/synthetic_dataset.h"

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

std::shared_ptr<const Dataset> pictures(std::int64_t size) {
  return std::make_shared<SyntheticDataset>(SyntheticOptions{.size = size});
}

EpochsOptions options(std::int64_t epochs, std::int64_t batch) {
  return {
      .epochs = epochs,
      .batch_size = batch,
      .augmentation = {.padding = 4, .random_crop = true, .flip = true},
      .preprocessing = {},
      .input_shape = {3, 32, 32},
      .seed = 3};
}

std::vector<std::string> names(
    const Dataset& dataset, std::int64_t begin, std::int64_t end) {
  std::vector<std::string> result;
  for (std::int64_t i = begin; i < end; ++i) {
    result.push_back(dataset.name(i));
  }
  return result;
}

TEST(Epochs, ShowEveryExampleOnceInAnOrderOfTheirOwn) {
  const auto all = all_epochs(pictures(20), options(3, 5));
  ASSERT_EQ(all->size(), 60);
  std::set<std::vector<std::string>> orders;
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    const auto order = names(*all, epoch * 20, epoch * 20 + 20);
    EXPECT_EQ(std::set(order.begin(), order.end()).size(), 20U);
    orders.insert(order);
  }
  EXPECT_EQ(orders.size(), 3U);
}

TEST(Epochs, LeaveOutWhatFillsNoStep) {
  EXPECT_EQ(steps_per_epoch(*pictures(23), 5), 4);
  EXPECT_EQ(all_epochs(pictures(23), options(2, 5))->size(), 40);
  EXPECT_EQ(steps_per_epoch(*pictures(3), 5), 1);
  EXPECT_EQ(all_epochs(pictures(3), options(2, 5))->size(), 6);
}

TEST(Epochs, AreTheSameFromWhereverARunGoesOn) {
  const auto whole = all_epochs(pictures(12), options(3, 4));
  EpochsOptions later = options(3, 4);
  later.first_step = 5;
  const auto rest = all_epochs(pictures(12), later);

  ASSERT_EQ(rest->size(), whole->size() - 20);
  for (std::int64_t i = 0; i < rest->size(); ++i) {
    EXPECT_EQ(rest->name(i), whole->name(i + 20));
    EXPECT_EQ(rest->get(i).image->pixels, whole->get(i + 20).image->pixels);
    EXPECT_EQ(rest->label(i), whole->label(i + 20));
  }
}

TEST(Epochs, ShowAPictureDifferentlyEachTime) {
  const auto all = all_epochs(pictures(1), options(8, 1));
  std::set<std::vector<std::uint8_t>> shown;
  for (std::int64_t i = 0; i < all->size(); ++i) {
    shown.insert(all->get(i).image->pixels);
  }
  EXPECT_GT(shown.size(), 5U);
}

TEST(Epochs, FollowTheSeed) {
  EpochsOptions other = options(1, 4);
  other.seed = 4;
  EXPECT_NE(
      names(*all_epochs(pictures(12), options(1, 4)), 0, 12),
      names(*all_epochs(pictures(12), other), 0, 12));
}

TEST(Epochs, NeedAtLeastOneOfEverything) {
  expect_error(ErrorCode::InvalidArgument, "0 epochs", [] {
    static_cast<void>(all_epochs(pictures(4), options(0, 4)));
  });
}

}  // namespace
}  // namespace ompq
