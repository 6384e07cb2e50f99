// SPDX-License-Identifier: MIT
// Real networks, from the file to the layer table.
#include "ompq/graph/prepared_model.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "ompq/core/error.h"
#include "ompq/graph/onnx_file.h"

#include "tests/support/shared_files.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

/// Spatial size for what a file leaves open besides the batch.
constexpr std::int64_t kOpenSize = 96;

/// Shapes for inputs that leave more than their batch open.
ShapeOptions shapes_for(const Graph& graph) {
  ShapeOptions options;
  for (const ValueId id : graph.inputs()) {
    const Value& input = graph.value(id);
    Shape shape;
    bool is_open = false;
    for (const Dimension& dimension : *input.shape) {
      is_open = is_open || (!shape.empty() && dimension.is_dynamic());
      const std::int64_t open = shape.empty() ? 1 : kOpenSize;
      shape.push_back(dimension.is_dynamic() ? open : dimension.size);
    }
    if (is_open) {
      options.input_shapes[input.name] = shape;
    }
  }
  return options;
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".onnx") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(PreparedModel, IsMadeOfEveryForeignNetwork) {
  OMPQ_NEEDS_SHARED("models/import");

  for (const fs::path& file : files_in(shared_folder() / "models/import")) {
    try {
      const PreparedModel model = load_model(file, shapes_for(read_onnx(file)));

      EXPECT_FALSE(model.layers.layers.empty()) << file;
      for (const Value& value : model.graph.values()) {
        EXPECT_TRUE(value.shape) << file << ": " << value.name;
        EXPECT_NE(value.type, DataType::Undefined) << value.name;
      }
      for (const Layer& layer : model.layers.layers) {
        EXPECT_GT(layer.macs, 0) << file << ": " << layer.name;
      }
      std::cout << file.filename() << ": " << model.original_nodes << " -> "
                << model.graph.nodes().size() << " nodes, "
                << model.layers.layers.size() << " layers, "
                << model.layers.skipped.size() << " skipped, "
                << total_macs(model.layers.layers) << " MACs, "
                << (model.is_batch_polymorphic ? "any" : "fixed") << " batch\n";
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

TEST(PreparedModel, HasTheLayersOfTheReference) {
  OMPQ_NEEDS_SHARED("golden");

  for (const auto& entry : fs::directory_iterator(shared_folder() / "golden")) {
    if (entry.path().extension() != ".json") {
      continue;
    }
    const auto golden = nlohmann::json::parse(std::ifstream(entry.path()));
    const fs::path file =
        shared_folder() /
        ("models/" + golden.at("model").get<std::string>() + ".onnx");

    const PreparedModel model = load_model(file);

    std::vector<std::string> names;
    std::vector<std::int64_t> weights;
    for (const Layer& layer : model.layers.layers) {
      names.push_back(layer.name);
      weights.push_back(layer.weights);
    }
    EXPECT_EQ(names, golden.at("layers").get<std::vector<std::string>>());
    EXPECT_EQ(weights, golden.at("weights").get<std::vector<std::int64_t>>());
    EXPECT_TRUE(model.is_batch_polymorphic) << file;
    for (const Node& node : model.graph.nodes()) {
      EXPECT_NE(node.op_type, "BatchNormalization") << node.name;
    }
    std::cout << file.filename() << ": " << total_macs(model.layers.layers)
              << " MACs\n";
  }
}

}  // namespace
}  // namespace ompq
