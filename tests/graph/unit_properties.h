// SPDX-License-Identifier: MIT
// What holds for the units of every graph, written from the definitions.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/graph/subgraph.h"
#include "ompq/graph/units.h"

namespace ompq {

inline void expect_every_node_once(
    const Graph& graph, const std::vector<Unit>& units) {
  std::multiset<NodeId> nodes;
  for (const Unit& unit : units) {
    EXPECT_FALSE(unit.nodes.empty()) << unit.name;
    EXPECT_TRUE(std::is_sorted(unit.nodes.begin(), unit.nodes.end()))
        << unit.name;
    nodes.insert(unit.nodes.begin(), unit.nodes.end());
  }
  EXPECT_EQ(nodes.size(), graph.nodes().size());
  for (const Node& node : graph.nodes()) {
    EXPECT_EQ(nodes.count(node.id), 1U) << node.name;
  }
}

inline void expect_every_layer_once(
    const LayerTable& layers,
    const std::vector<Unit>& units,
    const UnitOptions& options) {
  const int most = options.single_layers ? 1 : options.max_layers;
  std::size_t count = 0;
  for (const Unit& unit : units) {
    EXPECT_TRUE(std::is_sorted(unit.layers.begin(), unit.layers.end()));
    EXPECT_LE(unit.layers.size(), static_cast<std::size_t>(most)) << unit.name;
    EXPECT_TRUE(!unit.layers.empty() || units.size() == 1) << unit.name;
    for (const LayerId layer : unit.layers) {
      EXPECT_TRUE(std::binary_search(
          unit.nodes.begin(), unit.nodes.end(), layers[layer.index()].node));
    }
    if (!unit.layers.empty()) {
      EXPECT_EQ(unit.name, layers[unit.layers.front().index()].name);
    }
    count += unit.layers.size();
  }
  EXPECT_EQ(count, layers.size());
}

/// Runs the units in thought: each finds what its nodes read, and leaves
/// exactly what is read later.
inline void expect_runs_in_order(
    const Graph& graph, const std::vector<Unit>& units) {
  std::set<ValueId> known(graph.inputs().begin(), graph.inputs().end());
  std::set<ValueId> left;
  std::set<ValueId> wanted(graph.outputs().begin(), graph.outputs().end());
  for (const Unit& unit : units) {
    std::set<ValueId> inside;
    std::set<ValueId> read;
    for (const NodeId id : unit.nodes) {
      for (const auto& input : graph.node(id).inputs) {
        if (input && !graph.value(*input).constant &&
            !inside.contains(*input)) {
          EXPECT_TRUE(known.contains(*input))
              << unit.name << " reads " << graph.value(*input).name;
          read.insert(*input);
        }
      }
      for (const auto& output : graph.node(id).outputs) {
        if (output) {
          inside.insert(*output);
        }
      }
    }
    EXPECT_EQ(unit.inputs, std::vector<ValueId>(read.begin(), read.end()))
        << unit.name;
    EXPECT_TRUE(std::is_sorted(unit.outputs.begin(), unit.outputs.end()));
    wanted.insert(read.begin(), read.end());
    for (const ValueId output : unit.outputs) {
      EXPECT_TRUE(inside.contains(output)) << unit.name;
      EXPECT_TRUE(left.insert(output).second) << unit.name;
    }
    known.insert(unit.outputs.begin(), unit.outputs.end());
  }
  for (const ValueId id : graph.inputs()) {
    wanted.erase(id);
  }
  std::erase_if(
      wanted, [&](ValueId id) { return graph.value(id).constant.has_value(); });
  EXPECT_EQ(left, wanted);
}

/// Each unit is a graph of its own, with all its nodes.
inline void expect_graphs_of_their_own(
    const Graph& graph, const std::vector<Unit>& units) {
  for (const Unit& unit : units) {
    const Graph part = subgraph(graph, unit.nodes, unit.inputs, unit.outputs);
    ASSERT_EQ(part.nodes().size(), unit.nodes.size()) << unit.name;
    EXPECT_EQ(part.inputs().size(), unit.inputs.size()) << unit.name;
  }
}

inline void expect_valid_units(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<Unit>& units,
    const UnitOptions& options = {}) {
  expect_every_node_once(graph, units);
  expect_every_layer_once(layers, units, options);
  expect_runs_in_order(graph, units);
  expect_graphs_of_their_own(graph, units);
}

/// Values that enter and leave units beyond one each.
inline std::size_t crossings(const std::vector<Unit>& units) {
  std::size_t sum = 0;
  for (const Unit& unit : units) {
    sum += unit.inputs.empty() ? 0 : unit.inputs.size() - 1;
    sum += unit.outputs.empty() ? 0 : unit.outputs.size() - 1;
  }
  return sum;
}

}  // namespace ompq
