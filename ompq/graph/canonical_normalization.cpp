// SPDX-License-Identifier: MIT
#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

void check_inference(Canonicalization& work, const Node& node) {
  OMPQ_CHECK(
      node.integer("spatial", 1) != 0,
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' (BatchNormalization): spatial = 0 (statistics "
      "of each position) is not supported",
      node.name);
  bool uses_statistics = false;
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    uses_statistics = uses_statistics || work.is_used(node, i);
  }
  OMPQ_CHECK(
      node.integer("training_mode", 0) == 0 && !uses_statistics,
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' (BatchNormalization) is in training mode; "
      "export the model for inference",
      node.name);
}

}  // namespace

void rewrite_batch_normalization(Canonicalization& work, const Node& node) {
  check_inference(work, node);
  NodeSpec spec = work.spec(node);
  spec.outputs.resize(1);
  for (const char* const key : {"spatial", "training_mode", "momentum"}) {
    spec.attributes.erase(key);
  }
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// Before opset 21 scale and bias are per group: the instance normalisation of
/// [N, groups, rest].
void rewrite_group_normalization(Canonicalization& work, const Node& node) {
  if (work.opset() >= 21) {
    return;
  }
  const std::int64_t groups = node.integer("num_groups", 0);
  OMPQ_CHECK(
      groups > 0 && node.inputs.size() == 3,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' (GroupNormalization): expected 3 inputs and "
      "num_groups >= 1, got {} and {}",
      node.name,
      node.inputs.size(),
      groups);
  GraphBuilder& builder = work.builder();
  NodeSpec spec = work.spec(node);
  const std::string input = spec.inputs[0];
  const std::string output = spec.outputs.at(0);
  const std::string shape = builder.fresh_name(node.name + "/shape");
  const std::string grouped = builder.fresh_name(node.name + "/grouped");
  const std::string normal = builder.fresh_name(node.name + "/normal");
  const std::string target = work.add_constant(
      node,
      "target",
      Constant::from(std::vector<std::int64_t>{0, groups, -1}, {3}));
  spec.op_type = "InstanceNormalization";
  spec.inputs[0] = grouped;
  spec.outputs = {normal};
  spec.attributes.erase("num_groups");
  spec.attributes.erase("stash_type");
  const std::string& name = node.name;
  builder.replace_node(
      node.name,
      {{name + "/Shape", "", "Shape", {input}, {shape}, {}},
       {name + "/Group", "", "Reshape", {input, target}, {grouped}, {}},
       std::move(spec),
       {name + "/Ungroup", "", "Reshape", {normal, shape}, {output}, {}}});
}

}  // namespace ompq::detail
