// SPDX-License-Identifier: MIT
#include "ompq/export/integer_lint.h"

#include <gtest/gtest.h>

#include "ompq/export/fast_graph.h"
#include "ompq/quantization/qdq_graph.h"

#include "tests/export/branched_network.h"

namespace ompq {
namespace {

QuantizedModel quantized(int bits, std::int64_t group_size = 0) {
  return with_biases(quantized_branches(
      {.weights = {.bits = bits}, .group_size = group_size}));
}

IntegerLint lint_fast(const QuantizedModel& model) {
  return lint_integers(to_fast_graph(branched_network(), model));
}

LintRow row(const IntegerLint& lint, const std::string& name) {
  const auto found = std::ranges::find(lint.rows, name, &LintRow::name);
  EXPECT_NE(found, lint.rows.end()) << name;
  return found == lint.rows.end() ? LintRow{} : *found;
}

TEST(IntegerLint, NamesTheKernelOfEveryIntegerNode) {
  const IntegerLint lint = lint_fast(quantized(4));
  const std::pair<const char*, const char*> kernels[] = {
      {"first", "QLinearConv"},
      {"pool", "MaxPool"},
      {"second", "QLinearConv"},
      {"add", "QLinearAdd"},
      {"slice", "Slice"},
      {"pad", "Pad"},
      {"third", "QLinearConv"},
      {"concat", "QLinearConcat"},
      {"mean", "QLinearGlobalAveragePool"},
      {"flatten", "Flatten"},
      {"hidden", "QGemm"},
      {"last", "QGemm"}};
  for (const auto& [name, kernel] : kernels) {
    EXPECT_EQ(row(lint, name).execution, Execution::Integer) << name;
    EXPECT_EQ(row(lint, name).reason, kernel) << name;
  }
  // And the limits of one grid.
  EXPECT_EQ(lint.count(Execution::Integer), 13);
  EXPECT_EQ(lint.count(Execution::Float), 1);
}

TEST(IntegerLint, HasOneRowForEachNodeAndCountsThem) {
  const Graph graph = to_fast_graph(branched_network(), quantized(4));
  const IntegerLint lint = lint_integers(graph);
  ASSERT_EQ(lint.rows.size(), graph.nodes().size());
  EXPECT_EQ(
      lint.summary(),
      "13 nodes run on integers, 1 on floats, " +
          std::to_string(graph.nodes().size() - 14) + " are merged");
}

TEST(IntegerLint, SaysWhyANodeStaysFloat) {
  QuantizedModel model = quantized(4);
  std::erase_if(model.activations, [](const QuantizedActivation& activation) {
    return activation.value == "d" || activation.value == "n";
  });
  const IntegerLint lint = lint_fast(model);
  EXPECT_EQ(row(lint, "second").reason, "its result is not quantized");
  EXPECT_EQ(row(lint, "add").reason, "'d' is not quantized");
  EXPECT_EQ(row(lint, "last").reason, "'n' is not quantized");
  EXPECT_EQ(
      row(lint, "relu2").reason, "ONNX Runtime has no integer kernel for it");
}

TEST(IntegerLint, SaysWhatIsWrongWithWeights) {
  EXPECT_EQ(
      row(lint_fast(quantized(4, 2)), "last").reason,
      "its scales belong to groups");
  EXPECT_EQ(
      row(lint_fast(quantized(12)), "second").reason,
      "there is no kernel for 'w2_quantized' in uint16");
}

TEST(IntegerLint, SaysWhereConversionsGo) {
  const Graph graph = to_fast_graph(branched_network(), quantized(4));
  for (const LintRow& each : lint_integers(graph).rows) {
    if (each.op_type == "DequantizeLinear") {
      EXPECT_EQ(each.execution, Execution::Merged) << each.name;
    } else if (each.execution == Execution::Float) {
      EXPECT_EQ(each.op_type, "QuantizeLinear");
      EXPECT_EQ(each.reason, "converts an input of the network");
    }
  }
}

}  // namespace
}  // namespace ompq
