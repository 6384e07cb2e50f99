// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/frontier.h"

#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using Side = Frontier::Side;

Frontier make_frontier(std::int64_t groups) {
  return {groups, TensorStore(Bytes{1 << 24}, ".")};
}

/// 0.0 in the float network, 1.0 in the quantized one.
Frontier zeros_and_ones(std::int64_t groups, const Shape& shape) {
  Frontier frontier = make_frontier(groups);
  frontier.store("v", Side::Float, 0, groups, at::zeros(shape));
  frontier.store("v", Side::Quantized, 0, groups, at::ones(shape));
  return frontier;
}

TEST(Frontier, JoinsPartsOfAnySize) {
  at::manual_seed(2);
  const at::Tensor numbers = at::randn({10, 3, 4, 5});
  Frontier whole = make_frontier(10);
  whole.store("v", Side::Float, 0, 10, numbers);
  Frontier parts = make_frontier(10);
  parts.store("v", Side::Float, 0, 4, numbers.narrow(0, 0, 4));
  parts.store("v", Side::Float, 4, 5, numbers.narrow(0, 4, 5));
  parts.store("v", Side::Float, 9, 1, numbers.narrow(0, 9, 1));

  EXPECT_TRUE(at::equal(whole.range("v", Side::Float, 0, 10), numbers));
  EXPECT_TRUE(at::equal(parts.range("v", Side::Float, 0, 10), numbers));
  EXPECT_TRUE(
      at::equal(parts.range("v", Side::Float, 3, 4), numbers.narrow(0, 3, 4)));
}

TEST(Frontier, GivesGroupsInTheOrderAskedFor) {
  at::manual_seed(2);
  const at::Tensor numbers = at::randn({6, 3, 4, 5});
  Frontier frontier = make_frontier(6);
  frontier.store("v", Side::Float, 0, 6, numbers);
  frontier.store("v", Side::Quantized, 0, 6, numbers + 10);
  const std::vector<std::int64_t> order{4, 0, 4};
  const at::Tensor expected = numbers.index_select(0, at::tensor(order));

  EXPECT_TRUE(at::equal(frontier.mixed("v", order, 1.0, 3), expected));
  EXPECT_TRUE(at::equal(frontier.mixed("v", order, 0.0, 3), expected + 10));
}

TEST(Frontier, MixesElementsWithTheShareGiven) {
  const Frontier frontier = zeros_and_ones(4, {4, 16, 25, 25});
  const std::vector<std::int64_t> order{0, 1, 2, 3};
  for (const double share : {0.1, 0.5, 0.8}) {
    const at::Tensor mixed = frontier.mixed("v", order, share, 7);

    EXPECT_TRUE(mixed.eq(0).logical_or(mixed.eq(1)).all().item<bool>());
    EXPECT_NEAR(1 - mixed.mean().item<double>(), share, 0.015);
    // Neighbours in memory choose independently.
    const at::Tensor flat = mixed.permute({0, 2, 3, 1}).reshape({-1});
    const double both = ((1 - flat.slice(0, 1)) * (1 - flat.slice(0, 0, -1)))
                            .mean()
                            .item<double>();
    EXPECT_NEAR(both, share * share, 0.015);
  }
}

TEST(Frontier, MixesOtherElementsForEverySeedAndPlace) {
  const Frontier frontier = zeros_and_ones(4, {4, 1000});
  const std::vector<std::int64_t> twice{1, 1};
  const at::Tensor mixed = frontier.mixed("v", twice, 0.5, 7);

  EXPECT_TRUE(at::equal(mixed, frontier.mixed("v", twice, 0.5, 7)));
  EXPECT_FALSE(at::equal(mixed, frontier.mixed("v", twice, 0.5, 8)));
  EXPECT_FALSE(at::equal(mixed[0], mixed[1]));
}

TEST(Frontier, HoldsGroupsOfSeveralExamples) {
  at::manual_seed(2);
  const at::Tensor numbers = at::randn({12, 5});
  Frontier frontier = make_frontier(3);
  for (std::int64_t group = 0; group < 3; ++group) {
    frontier.store("v", Side::Float, group, 1, numbers.narrow(0, group * 4, 4));
  }
  frontier.share("v");

  EXPECT_TRUE(at::equal(
      frontier.range("v", Side::Quantized, 1, 2), numbers.narrow(0, 4, 8)));
  EXPECT_TRUE(at::equal(
      frontier.mixed("v", std::vector<std::int64_t>{2}, 0.5, 1),
      numbers.narrow(0, 8, 4)));
}

TEST(Frontier, RefusesValuesWithoutABatch) {
  Frontier frontier = make_frontier(6);

  expect_error(ErrorCode::Unsupported, "value 'v'", [&] {
    frontier.store("v", Side::Float, 0, 4, at::zeros({3, 2}));
  });
  expect_error(ErrorCode::Unsupported, "value 'v'", [&] {
    frontier.store("v", Side::Float, 0, 4, at::zeros({}));
  });
}

TEST(Frontier, RefusesValuesWhoseSizeDependsOnTheExample) {
  Frontier frontier = make_frontier(6);
  frontier.store("v", Side::Float, 0, 2, at::zeros({2, 3}));
  for (const Shape& shape : std::vector<Shape>{{2, 4}, {4, 3}, {2, 3, 1}}) {
    expect_error(ErrorCode::Unsupported, "value 'v': its size", [&] {
      frontier.store("v", Side::Float, 2, 2, at::zeros(shape));
    });
  }
}

TEST(Frontier, FreesWhatIsDropped) {
  Frontier frontier = zeros_and_ones(4, {4, 8});
  EXPECT_EQ(frontier.memory().bytes_in_memory(), 256);

  frontier.drop("v");

  EXPECT_EQ(frontier.memory().bytes_in_memory(), 0);
}

}  // namespace
}  // namespace ompq
