// SPDX-License-Identifier: MIT
// Gradients of every node of the real networks that carries activations,
// against differences in float64.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "ompq/graph/shape_inference.h"

#include "tests/support/numeric_gradient.h"
#include "tests/support/run_node.h"
#include "tests/support/shared_models.h"

namespace ompq {
namespace {

/// What a node reads: its constants, random numbers for computed values.
Tensors inputs_of(const Graph& graph, const Node& node) {
  Tensors inputs;
  for (const auto& id : node.inputs) {
    if (!id) {
      inputs.emplace_back();
      continue;
    }
    const Value& value = graph.value(*id);
    if (value.constant) {
      const at::Tensor tensor = to_tensor(*value.constant);
      inputs.push_back(
          tensor.is_floating_point() ? tensor.to(at::kDouble) : tensor);
    } else if (value.type == DataType::Float32 && shape_at_batch(value)) {
      inputs.push_back(at::randn(*shape_at_batch(value), at::kDouble));
    } else {
      return {};
    }
  }
  return inputs;
}

/// A kind of node: one of each is tested.
std::string kind_of(const Node& node) {
  std::string kind = node.op_type;
  for (const auto& [name, attribute] : node.attributes) {
    kind += fmt::format(" {}", name);
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute)) {
      kind += fmt::format("={}", fmt::join(*list, ","));
    } else if (const auto* one = std::get_if<std::int64_t>(&attribute)) {
      // Groups differ in number only.
      kind += fmt::format("={}", name == "group" ? *one > 1 : *one);
    }
  }
  return kind + fmt::format(" {}", node.inputs.size());
}

class ModelGradients : public testing::TestWithParam<const char*> {};

TEST_P(ModelGradients, EqualDifferences) {
  OMPQ_NEEDS_SHARED("models");
  at::manual_seed(12);
  const PreparedModel model =
      load_shared_model(shared_folder() / "models" / GetParam());
  std::set<std::string> kinds;
  std::map<std::string, int> reached;
  for (const Node& node : model.graph.nodes()) {
    const Tensors inputs = inputs_of(model.graph, node);
    if (inputs.empty() || !kinds.insert(kind_of(node)).second) {
      continue;
    }
    reached[node.op_type] += expect_numeric_gradients(
        node.name, make_operator(node, model.graph), inputs);
  }
  ASSERT_FALSE(reached.empty());
  for (const auto& [op_type, count] : reached) {
    EXPECT_GT(count, 0) << op_type;
  }
  EXPECT_GE(reached["Conv"], 3);
}

INSTANTIATE_TEST_SUITE_P(
    Networks,
    ModelGradients,
    testing::Values(
        "resnet20_cifar10.onnx",
        "mobilenetv2_imagenet.onnx",
        "squeezenet11_imagenet.onnx"));

}  // namespace
}  // namespace ompq
