// SPDX-License-Identifier: MIT
#include "ompq/graph/layer_norms.h"

#include <cmath>

#include <gtest/gtest.h>

#include "ompq/graph/graph_builder.h"
#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

/// conv -> as many BatchNormalizations in a row.
Graph normalized(int norms, bool is_shared = false) {
  GraphBuilder builder("normalized", 21);
  builder.add_input(
      "x",
      DataType::Float32,
      std::vector<Dimension>{{1, ""}, {1, ""}, {2, ""}, {2, ""}});
  builder.add_constant("w", Constant::from<float>({1.0F, 2.0F}, {2, 1, 1, 1}));
  builder.add_node(
      {.name = "conv",
       .op_type = "Conv",
       .inputs = {"x", "w"},
       .outputs = {"value0"}});
  const auto constant = [&](const std::string& name, float one, float two) {
    builder.add_constant(name, Constant::from<float>({one, two}, {2}));
    return name;
  };
  for (int i = 0; i < norms; ++i) {
    const std::string n = std::to_string(i);
    builder.add_node(
        {.name = "norm" + n,
         .op_type = "BatchNormalization",
         .inputs =
             {"value" + n,
              constant("gamma" + n, 2.0F, -3.0F),
              constant("beta" + n, 0.5F, 0.25F),
              constant("mean" + n, 1.0F, 4.0F),
              constant("var" + n, 3.0F, 8.0F)},
         .outputs = {"value" + std::to_string(i + 1)},
         .attributes = {{"epsilon", 1.0F}}});
  }
  builder.add_output("value" + std::to_string(norms));
  if (is_shared) {
    builder.add_output("value0");
  }
  return infer_shapes(std::move(builder).build());
}

TEST(LayerNorms, AreReadAsTheFileHasThem) {
  const auto norms = find_layer_norms(normalized(1));
  ASSERT_EQ(norms.size(), 1U);
  const LayerNorm& norm = norms.at("conv");
  EXPECT_EQ(norm.scale, (std::vector<double>{1.0, -1.0}));
  EXPECT_EQ(norm.shift, (std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(norm.variance, (std::vector<double>{3.0, 8.0}));
  EXPECT_DOUBLE_EQ(norm.epsilon, 1.0);
}

TEST(LayerNorms, AreNoneWhereNothingIsFolded) {
  EXPECT_TRUE(find_layer_norms(normalized(0)).empty());
  EXPECT_TRUE(find_layer_norms(normalized(1, true)).empty());
}

TEST(LayerNorms, AreNoneOfSeveralInARow) {
  EXPECT_TRUE(find_layer_norms(normalized(2)).empty());
}

}  // namespace
}  // namespace ompq
