// SPDX-License-Identifier: MIT
// Where units are cut: few values cross.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ompq/graph/units.h"

#include "tests/graph/random_network.h"
#include "tests/graph/sketch.h"
#include "tests/graph/unit_properties.h"

namespace ompq {
namespace {

/// A dense block: every layer reads all outputs before it.
Graph dense_block(int layers) {
  Sketch sketch;
  sketch.input("x").conv("stem", "x", {8, 8, 3, 3});
  std::vector<std::string> features{"stem"};
  for (int i = 0; i < layers; ++i) {
    const auto width = static_cast<std::int64_t>(8 * features.size());
    sketch
        .node(
            "Concat",
            fmt::format("cat{}", i),
            features,
            {{"axis", std::int64_t{1}}})
        .conv(fmt::format("a{}", i), fmt::format("cat{}", i), {8, width, 1, 1})
        .conv(fmt::format("b{}", i), fmt::format("a{}", i), {8, 8, 3, 3});
    features.push_back(fmt::format("b{}", i));
  }
  sketch.node("Concat", "out", features, {{"axis", std::int64_t{1}}});
  return sketch.output("out").build();
}

TEST(Units, KeepADenseBlockTogetherIfItFits) {
  const Graph graph = dense_block(4);
  const LayerTable layers = find_quantizable_layers(graph).layers;

  const std::vector<Unit> units = find_units(graph, layers);

  ASSERT_EQ(units.size(), 2U);
  EXPECT_EQ(units[0].layers.size(), 1U);
  EXPECT_EQ(units[1].layers.size(), 8U);
}

TEST(Units, CutALargeDenseBlockWhereFewestValuesCross) {
  const Graph graph = dense_block(6);
  const LayerTable layers = find_quantizable_layers(graph).layers;

  const std::vector<Unit> units = find_units(graph, layers);

  expect_valid_units(graph, layers, units);
  EXPECT_LT(
      2 * crossings(units),
      crossings(find_units(graph, layers, {.single_layers = true})));
  // The end, where most values meet, stays together as far as there is room.
  EXPECT_EQ(units.back().layers.size(), 8U);
}

TEST(Units, AreSingleLayersIfAsked) {
  const Graph graph = dense_block(3);
  const LayerTable layers = find_quantizable_layers(graph).layers;
  const UnitOptions options{.single_layers = true};

  const std::vector<Unit> units = find_units(graph, layers, options);

  expect_valid_units(graph, layers, units, options);
  EXPECT_EQ(units.size(), layers.size());
}

/// Values beyond one that cross the boundary of the nodes [begin, end).
std::size_t crossings_of(
    const Graph& graph, std::size_t begin, std::size_t end) {
  std::set<ValueId> in;
  std::set<ValueId> out;
  for (const Value& value : graph.values()) {
    if (value.constant) {
      continue;
    }
    const bool is_inside = value.producer && begin <= value.producer->index() &&
                           value.producer->index() < end;
    for (const NodeId reader : value.consumers) {
      const bool read_inside = begin <= reader.index() && reader.index() < end;
      if (!is_inside && read_inside) {
        in.insert(value.id);
      }
      if (is_inside && !read_inside) {
        out.insert(value.id);
      }
    }
    if (is_inside && graph.is_output(value.id)) {
      out.insert(value.id);
    }
  }
  return (in.empty() ? 0 : in.size() - 1) + (out.empty() ? 0 : out.size() - 1);
}

/// The least number of crossings of all ways to cut the order of the nodes.
std::size_t fewest_crossings(
    const Graph& graph, const LayerTable& layers, int max_layers) {
  const std::size_t n = graph.nodes().size();
  std::size_t fewest = 1'000'000;
  for (std::size_t cuts = 0; cuts < (std::size_t{1} << (n - 1)); ++cuts) {
    std::size_t sum = 0;
    std::size_t begin = 0;
    for (std::size_t end = 1; end <= n; ++end) {
      if (end < n && (cuts >> (end - 1) & 1) == 0) {
        continue;
      }
      const auto inside =
          std::count_if(layers.begin(), layers.end(), [&](const Layer& layer) {
            return begin <= layer.node.index() && layer.node.index() < end;
          });
      sum += inside == 0 || inside > max_layers
                 ? 1'000'000
                 : crossings_of(graph, begin, end);
      begin = end;
    }
    fewest = std::min(fewest, sum);
  }
  return fewest;
}

TEST(Units, HaveTheFewestCrossingsOfAllCuts) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    // Every node reads the one before, so that there is only one order.
    std::mt19937 random(seed);
    Sketch sketch;
    sketch.input("v0");
    for (unsigned i = 0; i < 10; ++i) {
      const std::string last = fmt::format("v{}", i);
      const std::string name = fmt::format("v{}", i + 1);
      if (random() % 2 == 0) {
        sketch.conv(name, last, {8, 8, 3, 3});
      } else {
        const unsigned other = i - random() % std::min(i + 1, 5U);
        sketch.node("Add", name, {last, fmt::format("v{}", other)});
      }
    }
    const Graph graph = sketch.output("v10").build();
    const LayerTable layers = find_quantizable_layers(graph).layers;
    const int max_layers = 1 + static_cast<int>(random() % 5);
    if (layers.empty()) {
      continue;
    }

    const auto units = find_units(graph, layers, {.max_layers = max_layers});

    EXPECT_EQ(crossings(units), fewest_crossings(graph, layers, max_layers))
        << "seed " << seed;
  }
}

TEST(Units, AreValidForRandomNetworks) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Graph graph =
        RandomNetwork(seed).make(1 + static_cast<int>(seed) / 4);
    const LayerTable layers = find_quantizable_layers(graph).layers;
    for (const UnitOptions& options :
         {UnitOptions{},
          UnitOptions{.max_layers = 3},
          UnitOptions{.max_layers = 1000},
          UnitOptions{.single_layers = true}}) {
      expect_valid_units(
          graph, layers, find_units(graph, layers, options), options);
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace ompq
