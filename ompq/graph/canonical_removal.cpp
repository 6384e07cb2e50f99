// SPDX-License-Identifier: MIT
#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"

namespace ompq::detail {
namespace {

void bypass(Canonicalization& work, const Node& node) {
  const GraphBuilder::NodeSpec spec = work.spec(node);
  OMPQ_CHECK(
      !spec.outputs[0].empty(),
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): the first output is missing",
      node.name,
      node.op_type);
  work.builder().remove_node(node.name);
  work.builder().replace_uses(spec.outputs[0], spec.inputs[0]);
}

}  // namespace

void rewrite_identity(Canonicalization& work, const Node& node) {
  bypass(work, node);
}

/// Dropout is the identity, except in training.
void rewrite_dropout(Canonicalization& work, const Node& node) {
  const Constant* mode = work.graph().constant_input(node, 2);
  const bool may_train =
      node.input(2) &&
      (mode == nullptr || mode->to_int64() != std::vector<std::int64_t>{0});
  OMPQ_CHECK(
      !may_train && !work.is_used(node, 1),
      ErrorCode::Unsupported,
      "[canonicalize] node '{}' (Dropout): {}; export the model for inference",
      node.name,
      may_train ? "training_mode is not a constant 'false'"
                : "the mask is used");
  bypass(work, node);
}

/// Files never give Constant nodes (read_onnx makes them constants), graphs
/// built by hand may.
void rewrite_constant(Canonicalization& work, const Node& node) {
  const GraphBuilder::NodeSpec spec = work.spec(node);
  const auto held = node.attributes.find("value");
  const Constant* constant = held == node.attributes.end()
                                 ? nullptr
                                 : std::get_if<Constant>(&held->second);
  OMPQ_CHECK(
      constant != nullptr && spec.outputs.size() == 1,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' (Constant) has no tensor attribute 'value'",
      node.name);
  work.builder().remove_node(node.name);
  work.builder().add_constant(spec.outputs[0], *constant);
}

}  // namespace ompq::detail
