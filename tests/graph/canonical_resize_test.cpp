// SPDX-License-Identifier: MIT
// Upsample and the old forms of Resize.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/graph/canonical_fixture.h"
#include "tests/support/expect_error.h"

namespace ompq {
namespace {

using testing::ElementsAre;

void expect_invalid(const std::string& part, const OneNode& options) {
  expect_error(ErrorCode::InvalidModel, part, [&] {
    static_cast<void>(canonical(options));
  });
}

TEST(CanonicalUpsample, IsAnAsymmetricResize) {
  const Graph attribute = canonical(
      {.op_type = "Upsample",
       .opset = 7,
       .attributes = {{"scales", std::vector<float>{1, 1, 2, 3}}}});
  const Graph input = canonical(
      {.op_type = "Upsample",
       .opset = 9,
       .constants = {floats({1, 1, 2, 3})},
       .attributes = {{"mode", std::string("linear")}}});

  for (const Graph* graph : {&attribute, &input}) {
    const Node& node = main_node(*graph);
    EXPECT_EQ(node.op_type, "Resize");
    EXPECT_FALSE(node.input(1).has_value());
    EXPECT_THAT(reals_in(*graph, node, 2), ElementsAre(1, 1, 2, 3));
    EXPECT_EQ(node.text("coordinate_transformation_mode", ""), "asymmetric");
    EXPECT_EQ(node.text("nearest_mode", ""), "floor");
  }
  EXPECT_EQ(main_node(attribute).text("mode", ""), "nearest");
  EXPECT_EQ(main_node(input).text("mode", ""), "linear");
}

TEST(CanonicalUpsample, NeedsScalesAndAKnownMode) {
  expect_invalid(
      "expected an input and scales", {.op_type = "Upsample", .opset = 9});
  expect_invalid(
      "got 'strange'",
      {.op_type = "Upsample",
       .opset = 9,
       .constants = {floats({1, 2})},
       .attributes = {{"mode", std::string("strange")}}});
}

TEST(CanonicalResize, OfOpset10IsAsymmetric) {
  const Graph graph = canonical(
      {.op_type = "Resize", .opset = 10, .constants = {floats({1, 1, 2, 2})}});

  const Node& node = main_node(graph);
  EXPECT_THAT(reals_in(graph, node, 2), ElementsAre(1, 1, 2, 2));
  EXPECT_EQ(node.text("coordinate_transformation_mode", ""), "asymmetric");
  EXPECT_EQ(node.text("nearest_mode", ""), "floor");
}

TEST(CanonicalResize, OfOpset10RoundsUpWhereItShrinks) {
  const Graph graph = canonical(
      {.op_type = "Resize",
       .opset = 10,
       .constants = {floats({1, 1, 0.5F, 1})}});

  EXPECT_EQ(main_node(graph).text("nearest_mode", ""), "ceil");
}

TEST(CanonicalResize, OfOpset10IsTwoNodesWhereItShrinksAndGrows) {
  const Graph graph = canonical(
      {.op_type = "Resize", .opset = 10, .constants = {floats({0.5F, 2})}});

  ASSERT_THAT(op_types(graph), ElementsAre("Resize", "Resize"));
  const Node& shrink = graph.nodes()[0];
  EXPECT_EQ(shrink.text("nearest_mode", ""), "ceil");
  EXPECT_THAT(reals_in(graph, shrink, 2), ElementsAre(0.5, 1));
  EXPECT_EQ(main_node(graph).text("nearest_mode", ""), "floor");
  EXPECT_THAT(reals_in(graph, main_node(graph), 2), ElementsAre(1, 2));
}

TEST(CanonicalResize, LeavesOutEmptyInputs) {
  const Graph by_scales = canonical(
      {.op_type = "Resize",
       .opset = 11,
       .constants = {floats({}), floats({1, 1, 2, 2}), int64s({})},
       .attributes = {{"mode", std::string("cubic")}}});
  const Graph by_sizes = canonical(
      {.op_type = "Resize",
       .opset = 11,
       .constants = {floats({}), floats({}), int64s({1, 1, 8, 8})}});

  EXPECT_EQ(main_node(by_scales).inputs.size(), 3U);
  EXPECT_FALSE(main_node(by_scales).input(1).has_value());
  EXPECT_EQ(main_node(by_scales).text("mode", ""), "cubic");
  EXPECT_FALSE(main_node(by_sizes).input(1).has_value());
  EXPECT_FALSE(main_node(by_sizes).input(2).has_value());
  EXPECT_THAT(
      integers_in(by_sizes, main_node(by_sizes), 3), ElementsAre(1, 1, 8, 8));
}

TEST(CanonicalResize, KeepsTheRegionOnlyWhereItIsUsed) {
  const auto resize = [](const std::string& mode) {
    return canonical(
        {.op_type = "Resize",
         .opset = 13,
         .constants = {floats({0, 0, 1, 1}), floats({1, 2})},
         .attributes = {{"coordinate_transformation_mode", mode}}});
  };
  const Graph crop = resize("tf_crop_and_resize");
  const Graph plain = resize("half_pixel");

  EXPECT_TRUE(main_node(crop).input(1).has_value());
  EXPECT_FALSE(main_node(plain).input(1).has_value());
}

TEST(CanonicalResize, ReplacesTheModeThatOnlyOpset11Has) {
  const Graph graph = canonical(
      {.op_type = "Resize",
       .opset = 11,
       .constants = {floats({}), floats({1, 2})},
       .attributes = {
           {"coordinate_transformation_mode",
            std::string("tf_half_pixel_for_nn")},
           {"nearest_mode", std::string("floor")}}});

  const Node& node = main_node(graph);
  EXPECT_EQ(node.text("coordinate_transformation_mode", ""), "half_pixel");
  EXPECT_EQ(node.text("nearest_mode", ""), "round_prefer_ceil");
}

TEST(CanonicalResize, NeedsScalesOrSizes) {
  expect_invalid(
      "neither scales nor sizes",
      {.op_type = "Resize", .opset = 13, .constants = {floats({})}});
}

}  // namespace
}  // namespace ompq
