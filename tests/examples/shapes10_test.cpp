// SPDX-License-Identifier: MIT
// The network of `ompq demo`, as it is committed.
#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "ompq/data/shape_outline.h"
#include "ompq/data/synthetic_dataset.h"
#include "ompq/graph/onnx_file.h"

namespace ompq {
namespace {

const std::filesystem::path kFile =
    std::filesystem::path(OMPQ_EXAMPLES_DIR) / "bundled" / "shapes10.onnx";

TEST(Shapes10, IsSmallEnoughToBeBundled) {
  EXPECT_LT(std::filesystem::file_size(kFile), 1'500'000U);
}

TEST(Shapes10, HasBetweenTwoAndThreeHundredThousandWeights) {
  const Graph graph = read_onnx(kFile);

  std::int64_t weights = 0;
  for (const Node& node : graph.nodes()) {
    if (node.op_type == "Conv" || node.op_type == "Gemm") {
      weights += graph.constant_input(node, 1)->size();
    }
  }

  EXPECT_GE(weights, 200'000);
  EXPECT_LE(weights, 300'000);
}

TEST(Shapes10, TakesAnyNumberOfSyntheticImages) {
  const Graph graph = read_onnx(kFile);

  ASSERT_EQ(graph.inputs().size(), 1U);
  const Value& input = graph.value(graph.inputs()[0]);
  EXPECT_EQ(input.name, "image");
  EXPECT_EQ(input.type, DataType::Float32);
  ASSERT_TRUE(input.shape.has_value());
  ASSERT_EQ(input.shape->size(), 4U);
  EXPECT_TRUE(input.shape->at(0).is_dynamic());
  EXPECT_EQ(input.shape->at(1).size, 3);
  EXPECT_EQ(input.shape->at(2).size, SyntheticDataset::kSide);
  EXPECT_EQ(input.shape->at(3).size, SyntheticDataset::kSide);
}

TEST(Shapes10, NamesItsClassesAndPreprocessing) {
  const Graph graph = read_onnx(kFile);

  EXPECT_EQ(
      graph.metadata().at("ompq.classes"),
      fmt::format("{}", fmt::join(kShapeClassNames, ",")));
  EXPECT_EQ(graph.metadata().at("ompq.preprocess"), "symmetric");
}

TEST(Shapes10, KeepsBatchNormalizationAsExportersDo) {
  const Graph graph = read_onnx(kFile);

  std::int64_t convolutions = 0;
  std::int64_t norms = 0;
  for (const Node& node : graph.nodes()) {
    convolutions += node.op_type == "Conv" ? 1 : 0;
    norms += node.op_type == "BatchNormalization" ? 1 : 0;
  }

  EXPECT_GT(convolutions, 0);
  EXPECT_EQ(norms, convolutions);
}

}  // namespace
}  // namespace ompq
