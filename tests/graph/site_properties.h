// SPDX-License-Identifier: MIT
// What holds for the activation sites of every graph.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ompq/graph/activation_sites.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Index of the site of each value that has one.
inline std::map<ValueId, std::size_t> sites_by_value(
    const std::vector<ActivationSite>& sites) {
  std::map<ValueId, std::size_t> by_value;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    for (const ValueId value : sites[i].values) {
      EXPECT_TRUE(by_value.emplace(value, i).second) << "in two sites";
    }
  }
  return by_value;
}

/// The sites on whose grids a value's numbers are, found by walking up through
/// nodes that are certain to keep numbers; empty where the walk ends at a value
/// without a site.
inline std::set<std::size_t> sites_behind(
    const Graph& graph,
    const std::map<ValueId, std::size_t>& by_value,
    ValueId id) {
  static const std::set<std::string_view> kKeeping{
      "Concat",
      "DepthToSpace",
      "Flatten",
      "Gather",
      "GlobalMaxPool",
      "MaxPool",
      "Pad",
      "ReduceMax",
      "Reshape",
      "Resize",
      "Slice",
      "SpaceToDepth",
      "Split",
      "Squeeze",
      "Transpose",
      "Unsqueeze",
      "Expand",
      "Tile"};
  if (const auto found = by_value.find(id); found != by_value.end()) {
    return {found->second};
  }
  const auto& producer = graph.value(id).producer;
  if (!producer || !kKeeping.contains(graph.node(*producer).op_type)) {
    return {};
  }
  const Node& node = graph.node(*producer);
  std::set<std::size_t> sites;
  const std::size_t count = node.op_type == "Concat" ? node.inputs.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const auto behind = sites_behind(graph, by_value, *node.input(i));
    if (behind.empty()) {
      return {};
    }
    sites.insert(behind.begin(), behind.end());
  }
  return sites;
}

inline void expect_order(const std::vector<ActivationSite>& sites) {
  for (std::size_t i = 0; i < sites.size(); ++i) {
    ASSERT_FALSE(sites[i].values.empty());
    EXPECT_TRUE(std::is_sorted(sites[i].values.begin(), sites[i].values.end()));
    EXPECT_TRUE(std::is_sorted(sites[i].layers.begin(), sites[i].layers.end()));
    EXPECT_TRUE(
        i == 0 || sites[i - 1].values.front() < sites[i].values.front());
  }
}

/// By value: some path leads to it from a graph input.
inline std::vector<bool> find_dependent(const Graph& graph) {
  std::vector<bool> dependent(graph.values().size(), false);
  for (const ValueId input : graph.inputs()) {
    dependent[input.index()] = true;
  }
  for (const Node& node : graph.nodes()) {
    for (const auto& input : node.inputs) {
      for (const auto& output : node.outputs) {
        if (input && output && dependent[input->index()]) {
          dependent[output->index()] = true;
        }
      }
    }
  }
  return dependent;
}

/// The data input of every layer that depends on the network's input is on the
/// grid of one site, which names the layer.
inline void expect_layers_covered(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<ActivationSite>& sites) {
  const auto by_value = sites_by_value(sites);
  const std::vector<bool> dependent = find_dependent(graph);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const ValueId data = *graph.node(layers[i].node).input(0);
    const auto behind = sites_behind(graph, by_value, data);
    if (!dependent[data.index()]) {
      EXPECT_TRUE(behind.empty()) << layers[i].name;
      continue;
    }
    ASSERT_EQ(behind.size(), 1U) << layers[i].name;
    const auto& named = sites[*behind.begin()].layers;
    EXPECT_EQ(
        std::count(
            named.begin(), named.end(), LayerId(static_cast<std::int64_t>(i))),
        1)
        << layers[i].name;
  }
}

/// Between a layer and the Relu or Clip that alone reads it, there is none; a
/// constant has none.
inline void expect_fusible(
    const Graph& graph, const std::vector<ActivationSite>& sites) {
  for (const auto& [id, site] : sites_by_value(sites)) {
    const Value& value = graph.value(id);
    EXPECT_FALSE(value.constant) << value.name;
    EXPECT_TRUE(is_floating_point(value.type)) << value.name;
    if (value.consumers.size() == 1 && !graph.is_output(id)) {
      const Node& reader = graph.node(value.consumers.front());
      EXPECT_TRUE(reader.op_type != "Relu" && reader.op_type != "Clip")
          << value.name;
    }
  }
}

/// A sum has a site at each of its tensors or at none that it alone reads.
inline void expect_whole_sums(
    const Graph& graph, const std::vector<ActivationSite>& sites) {
  const auto by_value = sites_by_value(sites);
  for (const Node& node : graph.nodes()) {
    if (node.op_type != "Add" || !node.input(0) || !node.input(1)) {
      continue;
    }
    for (const std::size_t side : {0U, 1U}) {
      const Value& value = graph.value(*node.input(side));
      const ValueId other = *node.input(1 - side);
      if (by_value.contains(value.id) && value.consumers.size() == 1 &&
          !graph.is_output(value.id)) {
        EXPECT_FALSE(sites_behind(graph, by_value, other).empty())
            << node.name << " has one operand quantized";
      }
    }
  }
}

inline void expect_valid_sites(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<ActivationSite>& sites) {
  expect_order(sites);
  expect_layers_covered(graph, layers, sites);
  expect_fusible(graph, sites);
  expect_whole_sums(graph, sites);
}

}  // namespace ompq
