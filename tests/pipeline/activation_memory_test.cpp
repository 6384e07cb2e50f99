// SPDX-License-Identifier: MIT
#include "ompq/pipeline/activation_memory.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/allocation/allocate.h"

#include "tests/graph/sketch.h"

namespace ompq {
namespace {

/// 64 positions of 8 channels.
constexpr std::int64_t kTensor = 512;

struct Network {
  Graph graph;
  LayerTable layers;
};

Network network_of(Sketch& sketch) {
  Network network{.graph = sketch.build(), .layers = {}};
  network.layers = find_quantizable_layers(network.graph).layers;
  return network;
}

/// A block with a shortcut around two layers, a layer behind it, and a head.
Network residual() {
  Sketch sketch;
  sketch.input("x")
      .conv("a", "x")
      .conv("b", "a")
      .conv("c", "b")
      .node("Add", "sum", {"c", "a"})
      .conv("d", "sum")
      .node("GlobalAveragePool", "pool", {"d"})
      .conv("head", "pool")
      .output("head");
  return network_of(sketch);
}

/// Largest row, in bits, with the same width everywhere.
std::int64_t peak_of(
    const std::vector<CostRow>& rows,
    const Network& network,
    std::optional<int> activation_bits,
    int weight_bits = 8) {
  std::int64_t peak = 0;
  for (const CostRow& row : rows) {
    std::int64_t sum = row.fixed;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      sum += row.cost(
          i, {.weight_bits = weight_bits, .activation_bits = activation_bits});
    }
    peak = std::max(peak, sum);
  }
  return peak;
}

TEST(ActivationMemory, IsThePeakAndNotTheSum) {
  const Network network = residual();
  const auto rows = activation_memory_rows(network.graph, network.layers, {});

  // While the last layer of the block runs, or the sum: three tensors.
  EXPECT_EQ(peak_of(rows, network, std::nullopt), 3 * kTensor * 32);
  // What is only added, the result of c, has a byte.
  EXPECT_EQ(peak_of(rows, network, 4), kTensor * (4 + 4 + 8));
  EXPECT_EQ(peak_of(rows, network, 16), 3 * kTensor * 16);
}

TEST(ActivationMemory, CountsOutputsThatAreNotQuantizedInFloat) {
  Sketch sketch;
  sketch.input("x").conv("a", "x").output("a");
  const Network network = network_of(sketch);
  const auto rows = activation_memory_rows(network.graph, network.layers, {});
  EXPECT_EQ(peak_of(rows, network, 8), kTensor * 8 + kTensor * 32);
}

TEST(ActivationMemory, OfAllTensorsIncludesTheWeights) {
  const Network network = residual();
  const std::int64_t activations = peak_of(
      activation_memory_rows(network.graph, network.layers, {}), network, 8);
  EXPECT_EQ(
      peak_of(
          total_memory_rows(network.graph, network.layers, {}), network, 8, 3),
      activations + 5 * 64 * 3);
}

TEST(ActivationMemory, HasNoRowThatAnotherOneCovers) {
  const Network network = residual();
  const auto rows = activation_memory_rows(network.graph, network.layers, {});
  EXPECT_LT(rows.size(), network.graph.nodes().size());
}

TEST(ActivationGroups, TieLayersThatReadOneTensor) {
  Sketch sketch;
  sketch.input("x")
      .conv("a", "x")
      .conv("left", "a")
      .conv("right", "a")
      .node("Concat", "both", {"left", "right"}, {{"axis", std::int64_t{1}}})
      .conv("end", "both", {8, 16, 1, 1})
      .output("end");
  const Network network = network_of(sketch);
  const std::vector<int> groups =
      activation_groups(network.graph, network.layers, {});
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0], -1);
  EXPECT_EQ(groups[1], groups[2]);
  EXPECT_NE(groups[1], -1);
  EXPECT_EQ(groups[3], -1);
}

TEST(ActivationGroups, AreNoneInAChain) {
  Sketch sketch;
  sketch.input("x").conv("a", "x").conv("b", "a").output("b");
  const Network network = network_of(sketch);
  EXPECT_TRUE(activation_groups(network.graph, network.layers, {}).empty());
}

/// The best plan by enumeration: value = sum of activation bits.
double best_within(
    const std::vector<CostRow>& rows,
    const Network& network,
    std::int64_t limit,
    const std::vector<int>& widths) {
  std::vector<std::size_t> chosen(network.layers.size(), 0);
  double best = -1.0;
  while (true) {
    double value = 0.0;
    bool is_within = true;
    for (const std::size_t index : chosen) {
      value += widths[index];
    }
    for (const CostRow& row : rows) {
      std::int64_t sum = row.fixed;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        sum += row.cost(i, {.activation_bits = widths[chosen[i]]});
      }
      is_within = is_within && sum <= limit;
    }
    best = is_within ? std::max(best, value) : best;
    std::size_t i = 0;
    while (i < chosen.size() && ++chosen[i] == widths.size()) {
      chosen[i++] = 0;
    }
    if (i == chosen.size()) {
      return best;
    }
  }
}

TEST(ActivationMemory, OfABestPlanKeepsEveryMoment) {
  const Network network = residual();
  const auto rows = activation_memory_rows(network.graph, network.layers, {});
  const std::vector<int> widths{2, 4, 8};
  for (const int tensors_of_bits : {12, 14, 17, 20, 22}) {
    const std::int64_t limit = tensors_of_bits * kTensor;
    ProblemOptions options{
        .widths =
            {.weight_bits = {8},
             .activation_bits = {2, 4, 8},
             .first_last_bits = std::nullopt},
        .budgets = {
            {BudgetKind::ActivationMemory, static_cast<double>(limit) / 8.0}}};
    options.rows[BudgetKind::ActivationMemory] = rows;
    const LayerValue value = [](std::size_t, int, std::optional<int> bits) {
      return static_cast<double>(*bits);
    };

    const Allocation found =
        allocate(make_problem(network.layers, value, options));

    EXPECT_EQ(
        found.solver.objective, best_within(rows, network, limit, widths));
    EXPECT_LE(
        used_of_budgets(network.layers, options, found.plan).front(),
        static_cast<double>(limit) / 8.0);
    EXPECT_EQ(found.shadow_prices.size(), 1U);
  }
}

TEST(ActivationMemory, ThatIsTooSmallNamesTheMoment) {
  const Network network = residual();
  ProblemOptions options{
      .widths = {.activation_bits = {8}},
      .budgets = {{BudgetKind::ActivationMemory, 100.0}}};
  options.rows[BudgetKind::ActivationMemory] =
      activation_memory_rows(network.graph, network.layers, {});
  try {
    static_cast<void>(allocate(
        make_problem(network.layers, linear_value({1, 1, 1, 1, 1}), options)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::Infeasible);
    EXPECT_THAT(
        error.what(),
        ::testing::AllOf(
            ::testing::HasSubstr("activation_memory"),
            ::testing::HasSubstr(" at '")));
  }
}

}  // namespace
}  // namespace ompq
