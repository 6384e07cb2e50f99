// SPDX-License-Identifier: MIT
// Units of real networks.
#include <algorithm>
#include <iostream>
#include <set>

#include <gtest/gtest.h>

#include "ompq/graph/units.h"

#include "tests/graph/unit_properties.h"
#include "tests/support/shared_models.h"

namespace ompq {
namespace {

struct Cut {
  PreparedModel model;
  std::vector<Unit> units;
};

Cut cut(const std::filesystem::path& file, const UnitOptions& options = {}) {
  PreparedModel model = load_shared_model(file);
  std::vector<Unit> units =
      find_units(model.graph, model.layers.layers, options);
  return {std::move(model), std::move(units)};
}

Cut cut_named(const std::string& name) {
  return cut(shared_folder() / "models" / (name + ".onnx"));
}

/// Index of the unit that holds a node.
std::size_t unit_of(const std::vector<Unit>& units, NodeId node) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (std::ranges::count(units[i].nodes, node) > 0) {
      return i;
    }
  }
  return units.size();
}

bool has_operator(const Cut& cut, const Unit& unit, const std::string& name) {
  return std::ranges::any_of(unit.nodes, [&](NodeId node) {
    return cut.model.graph.node(node).op_type == name;
  });
}

/// Nearest layers before a value, through nodes that are none.
std::set<NodeId> layers_behind(const Cut& cut, ValueId id) {
  const auto& producer = cut.model.graph.value(id).producer;
  if (!producer) {
    return {};
  }
  if (std::ranges::any_of(cut.model.layers.layers, [&](const Layer& layer) {
        return layer.node == *producer;
      })) {
    return {*producer};
  }
  std::set<NodeId> result;
  for (const auto& input : cut.model.graph.node(*producer).inputs) {
    if (input) {
      result.merge(layers_behind(cut, *input));
    }
  }
  return result;
}

/// A unit with one value in and one out.
void expect_single_ends(const std::vector<Unit>& units) {
  for (const Unit& unit : units) {
    EXPECT_EQ(unit.inputs.size(), 1U) << unit.name;
    EXPECT_EQ(unit.outputs.size(), 1U) << unit.name;
  }
}

void print_units(const std::filesystem::path& file, const Cut& cut) {
  std::cout << file.filename().string() << ": "
            << cut.model.layers.layers.size() << " layers, " << cut.units.size()
            << " units\n";
  for (const Unit& unit : cut.units) {
    std::cout << "  " << unit.inputs.size() << " -> " << unit.outputs.size()
              << ":";
    for (const LayerId layer : unit.layers) {
      std::cout << " "
                << cut.model.layers.layers[layer.index()].name.substr(0, 30);
    }
    std::cout << "\n";
  }
}

TEST(UnitsOfModels, AreValidForEveryNetwork) {
  OMPQ_NEEDS_SHARED("models/import");

  for (const auto& file : shared_model_files()) {
    SCOPED_TRACE(file.filename().string());
    for (const UnitOptions& options :
         {UnitOptions{},
          UnitOptions{.max_layers = 3},
          UnitOptions{.max_layers = 100},
          UnitOptions{.single_layers = true}}) {
      const Cut found = cut(file, options);
      expect_valid_units(
          found.model.graph, found.model.layers.layers, found.units, options);
    }
    print_units(file, cut(file));
  }
}

/// The nodes of the chain from `start` to `end`, if there is one without
/// branches.
std::vector<NodeId> chain_between(
    const Graph& graph, ValueId start, ValueId end) {
  std::vector<NodeId> nodes;
  for (ValueId here = end; here != start;) {
    const Value& value = graph.value(here);
    if (!value.producer || value.consumers.size() > 1) {
      return {};
    }
    nodes.push_back(*value.producer);
    here = *graph.node(*value.producer).input(0);
  }
  return nodes;
}

TEST(UnitsOfModels, NeverSplitAResidualBlock) {
  OMPQ_NEEDS_SHARED("models/import");

  int blocks = 0;
  for (const auto& file : shared_model_files()) {
    SCOPED_TRACE(file.filename().string());
    const Cut found = cut(file);
    const Graph& graph = found.model.graph;
    for (const Node& node : graph.nodes()) {
      if (node.op_type != "Add" || node.inputs.size() != 2) {
        continue;
      }
      // One operand is the input of the chain that computes the other.
      for (const std::size_t side : {0U, 1U}) {
        const auto body =
            chain_between(graph, *node.input(1 - side), *node.input(side));
        blocks += body.empty() ? 0 : 1;
        for (const NodeId inside : body) {
          EXPECT_EQ(unit_of(found.units, inside), unit_of(found.units, node.id))
              << graph.node(inside).name << " and " << node.name;
        }
      }
    }
  }
  // 7 of resnet20 have nothing in their shortcut, 10 of mobilenetv2.
  EXPECT_GE(blocks, 17);
}

TEST(UnitsOfModels, OfResnetAreStemBlocksAndClassifier) {
  OMPQ_NEEDS_SHARED("models");
  const Cut found = cut_named("resnet20_cifar10");

  ASSERT_EQ(found.units.size(), 11U);
  expect_single_ends(found.units);
  EXPECT_EQ(found.units.front().name, "conv1");
  EXPECT_EQ(found.units.front().layers.size(), 1U);
  for (std::size_t i = 1; i <= 9; ++i) {
    const Unit& block = found.units[i];
    EXPECT_EQ(block.layers.size(), 2U) << block.name;
    EXPECT_TRUE(has_operator(found, block, "Add")) << block.name;
    const Node& last = found.model.graph.node(block.nodes.back());
    EXPECT_EQ(last.op_type, "Relu") << block.name;
    const bool pads =
        block.name == "layer2.0.conv1" || block.name == "layer3.0.conv1";
    EXPECT_EQ(has_operator(found, block, "Pad"), pads) << block.name;
  }
  EXPECT_EQ(found.units.back().name, "linear");
  EXPECT_TRUE(has_operator(found, found.units.back(), "GlobalAveragePool"));
}

TEST(UnitsOfModels, OfMobilenetAreItsInvertedResiduals) {
  OMPQ_NEEDS_SHARED("models");
  const Cut found = cut_named("mobilenetv2_imagenet");
  const LayerTable& layers = found.model.layers.layers;

  expect_single_ends(found.units);
  // Names are features.<block>.<part>: one unit a block.
  const auto block_of = [](const std::string& name) {
    return name.substr(0, name.rfind('.'));
  };
  std::set<std::string> blocks;
  for (const Unit& unit : found.units) {
    for (const LayerId id : unit.layers) {
      EXPECT_EQ(block_of(layers[id.index()].name), block_of(unit.name));
    }
    EXPECT_TRUE(blocks.insert(block_of(unit.name)).second) << unit.name;
  }
  EXPECT_EQ(blocks.size(), 20U);
}

TEST(UnitsOfModels, OfSqueezenetAreItsFireModules) {
  OMPQ_NEEDS_SHARED("models");
  const Cut found = cut_named("squeezenet11_imagenet");

  ASSERT_EQ(found.units.size(), 10U);
  expect_single_ends(found.units);
  for (std::size_t i = 1; i <= 8; ++i) {
    EXPECT_EQ(found.units[i].layers.size(), 3U) << found.units[i].name;
    EXPECT_TRUE(has_operator(found, found.units[i], "Concat"));
  }
  for (const Node& node : found.model.graph.nodes()) {
    if (node.op_type != "Concat") {
      continue;
    }
    for (const auto& input : node.inputs) {
      for (const NodeId layer : layers_behind(found, *input)) {
        EXPECT_EQ(unit_of(found.units, layer), unit_of(found.units, node.id));
      }
    }
  }
}

}  // namespace
}  // namespace ompq
