// SPDX-License-Identifier: MIT
// float16 and bfloat16 become float32.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/graph/canonical_fixture.h"

namespace ompq {
namespace {

using testing::ElementsAre;

constexpr auto kFloat16 = static_cast<std::int64_t>(DataType::Float16);
constexpr auto kBFloat16 = static_cast<std::int64_t>(DataType::BFloat16);
constexpr auto kFloat32 = static_cast<std::int64_t>(DataType::Float32);
constexpr auto kInt8 = static_cast<std::int64_t>(DataType::Int8);

TEST(CanonicalPrecision, WidensInputsConstantsAndValues) {
  GraphBuilder builder("half", 13);
  builder.add_input("x", DataType::Float16, {{{2, ""}}});
  builder.add_constant("w", floats({0.5F, -2}).cast(DataType::Float16));
  builder.add_node({"node", "", "Mul", {"x", "w"}, {"a"}, {}});
  builder.add_node({"abs", "", "Abs", {"a"}, {"y"}, {}});
  builder.set_type("a", DataType::Float16);
  builder.set_type("y", DataType::BFloat16);
  builder.add_output("y");

  const Graph graph = canonicalize(std::move(builder).build());

  for (const Value& value : graph.values()) {
    EXPECT_EQ(value.type, DataType::Float32) << value.name;
  }
  EXPECT_THAT(reals_in(graph, main_node(graph), 1), ElementsAre(0.5, -2));
}

TEST(CanonicalPrecision, WidensCasts) {
  for (const std::int64_t type : {kFloat16, kBFloat16}) {
    const Graph graph =
        canonical({.op_type = "Cast", .attributes = {{"to", type}}});
    EXPECT_EQ(main_node(graph).integer("to", 0), kFloat32);
  }
  const Graph integer =
      canonical({.op_type = "Cast", .attributes = {{"to", kInt8}}});
  EXPECT_EQ(main_node(integer).integer("to", 0), kInt8);
}

TEST(CanonicalPrecision, WidensTensorsInAttributes) {
  const Graph graph = canonical(
      {.op_type = "ConstantOfShape",
       .attributes = {{"value", floats({1.5F}).cast(DataType::Float16)}},
       .type = DataType::Int64});

  const auto& fill =
      std::get<Constant>(main_node(graph).attributes.at("value"));
  EXPECT_EQ(fill.type(), DataType::Float32);
  EXPECT_THAT(fill.elements<float>(), ElementsAre(1.5F));
}

TEST(CanonicalPrecision, LeavesAttributesAloneThatOnlyLookLikeTypes) {
  const Graph graph =
      canonical({.op_type = "Concat", .attributes = {{"axis", kFloat16}}});

  EXPECT_EQ(main_node(graph).integer("axis", 0), kFloat16);
}

TEST(CanonicalPrecision, GivesOldClipLimitsOfFloat32) {
  const Graph graph = canonical(
      {.op_type = "Clip",
       .opset = 9,
       .attributes = {{"max", 6.0F}},
       .type = DataType::Float16});

  EXPECT_EQ(
      graph.constant_input(main_node(graph), 2)->type(), DataType::Float32);
}

}  // namespace
}  // namespace ompq
