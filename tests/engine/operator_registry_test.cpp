// SPDX-License-Identifier: MIT
#include "ompq/engine/operator_registry.h"

#include <algorithm>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"

#include "tests/support/run_node.h"

namespace ompq {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The error that a node provokes.
Error error_of(const TestNode& node) {
  try {
    static_cast<void>(run_node(node));
  } catch (const Error& error) {
    return error;
  }
  return {ErrorCode::Internal, "no error"};
}

TEST(MakeOperator, RefusesUnknownOperatorsByName) {
  const Error error = error_of({"Frobnicate", {at::zeros({1})}});

  EXPECT_EQ(error.code(), ErrorCode::Unsupported);
  EXPECT_THAT(
      error.what(), AllOf(HasSubstr("node 'node'"), HasSubstr("Frobnicate")));
}

TEST(MakeOperator, RefusesStandardNamesOfOtherDomains) {
  GraphBuilder builder;
  builder.add_input("x", DataType::Float32, std::nullopt);
  builder.add_node(
      {.domain = "my.domain",
       .op_type = "Relu",
       .inputs = {"x"},
       .outputs = {"y"}});
  builder.add_output("y");
  const Graph graph = std::move(builder).build();

  EXPECT_THROW(
      static_cast<void>(make_operator(graph.nodes().front(), graph)), Error);
}

TEST(MakeOperator, RefusesMissingAndSurplusInputs) {
  EXPECT_EQ(
      error_of({"Conv", {at::zeros({1, 1, 3, 3})}}).code(),
      ErrorCode::InvalidModel);
  EXPECT_EQ(
      error_of({"Relu", {at::zeros({1}), at::zeros({1})}}).code(),
      ErrorCode::InvalidModel);
}

TEST(MakeOperator, RefusesInvalidAttributesWithTheirValue) {
  const Error error = error_of(
      {"Conv",
       {at::zeros({1, 1, 3, 3}), at::zeros({1, 1, 1, 1})},
       {{"auto_pad", std::string("SAME")}}});

  EXPECT_EQ(error.code(), ErrorCode::InvalidModel);
  EXPECT_THAT(error.what(), HasSubstr("'SAME'"));
}

TEST(MakeOperator, NamesTheNodeAndTheShapesThatDoNotFit) {
  const Error error =
      error_of({"MatMul", {at::zeros({2, 3}), at::zeros({4, 5})}});

  EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
  EXPECT_THAT(
      error.what(),
      AllOf(
          HasSubstr("node 'node' (MatMul)"),
          HasSubstr("[2, 3], [4, 5]"),
          Not(HasSubstr("\n"))));
}

TEST(MakeOperator, NamesTheInputThatIsNotGiven) {
  const Graph graph = make_test_graph({"Relu", {at::zeros({1})}});
  const Operator relu = make_operator(graph.nodes().front(), graph);

  EXPECT_THROW(static_cast<void>(relu({at::Tensor()})), Error);
  EXPECT_THROW(static_cast<void>(relu({})), Error);
}

TEST(MakeOperator, LeavesItsInputsAsTheyAre) {
  const at::Tensor input = at::tensor({-1.0F, 2.0F});

  static_cast<void>(run_node({"Relu", {input}}));

  EXPECT_EQ(input[0].item<float>(), -1);
}

TEST(MakeOperator, LetsGradientsThrough) {
  const at::Tensor input = at::rand({1, 2, 5, 5}).requires_grad_();
  const at::Tensor weight = at::rand({3, 2, 3, 3}).requires_grad_();

  const at::Tensor output =
      run_node({"Conv", {input, weight}, {{"auto_pad", "SAME_UPPER"}}})[0];
  output.sum().backward();

  EXPECT_TRUE(input.grad().defined());
  EXPECT_TRUE(weight.grad().defined());
}

TEST(SupportedOperators, AreSortedAndUnique) {
  const std::vector<std::string> names = supported_operators();

  EXPECT_GT(names.size(), 100U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace ompq
