// SPDX-License-Identifier: MIT
// Attributes that became inputs in later versions of an operator.
#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

Constant vector_of(std::vector<std::int64_t> numbers) {
  const auto length = static_cast<std::int64_t>(numbers.size());
  return Constant::from(numbers, {length});
}

/// Makes attribute `key` the next input of the node.
void move_to_input(
    Canonicalization& work,
    const Node& node,
    const std::string& key,
    NodeSpec& spec) {
  spec.attributes.erase(key);
  spec.inputs.push_back(
      work.add_constant(node, key, vector_of(node.integers(key, {}))));
}

/// The node with the inputs that its old form has.
NodeSpec old_form(
    Canonicalization& work, const Node& node, const std::string& key) {
  NodeSpec spec = work.spec(node);
  OMPQ_CHECK(
      spec.inputs.size() == 1,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): with attribute '{}' it has 1 input, got "
      "{}",
      node.name,
      node.op_type,
      key,
      spec.inputs.size());
  return spec;
}

}  // namespace

/// Squeeze and Unsqueeze before opset 13; ReduceSum before 13, the other
/// reductions before 18.
void rewrite_axes(Canonicalization& work, const Node& node) {
  if (!node.has("axes")) {
    return;
  }
  NodeSpec spec = old_form(work, node, "axes");
  if (node.integers("axes", {}).empty()) {
    spec.attributes.erase("axes");
  } else {
    move_to_input(work, node, "axes", spec);
  }
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// Before opset 11.
void rewrite_pad(Canonicalization& work, const Node& node) {
  if (!node.has("pads")) {
    return;
  }
  NodeSpec spec = old_form(work, node, "pads");
  move_to_input(work, node, "pads", spec);
  const float fill = node.real("value", 0.0F);
  if (fill != 0.0F) {
    spec.inputs.push_back(work.add_scalar_like_input(node, "value", fill));
  }
  spec.attributes.erase("value");
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// The name of ScatterElements before opset 11.
void rewrite_scatter(Canonicalization& work, const Node& node) {
  NodeSpec spec = work.spec(node);
  spec.op_type = "ScatterElements";
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// Before opset 10.
void rewrite_slice(Canonicalization& work, const Node& node) {
  if (!node.has("starts")) {
    return;
  }
  const std::size_t length = node.integers("starts", {}).size();
  const bool agree =
      node.integers("ends", {}).size() == length &&
      (!node.has("axes") || node.integers("axes", {}).size() == length);
  OMPQ_CHECK(
      agree,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' (Slice): starts, ends and axes differ in "
      "length",
      node.name);
  NodeSpec spec = old_form(work, node, "starts");
  move_to_input(work, node, "starts", spec);
  move_to_input(work, node, "ends", spec);
  if (node.has("axes")) {
    move_to_input(work, node, "axes", spec);
  }
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// Before opset 13 the sizes are an attribute; before 18 equal parts are not
/// asked for explicitly.
void rewrite_split(Canonicalization& work, const Node& node) {
  NodeSpec spec = work.spec(node);
  if (node.has("split")) {
    spec = old_form(work, node, "split");
    move_to_input(work, node, "split", spec);
  } else if (!node.input(1) && !node.has("num_outputs")) {
    spec.attributes["num_outputs"] =
        static_cast<std::int64_t>(node.outputs.size());
  } else {
    return;
  }
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// Before opset 10.
void rewrite_top_k(Canonicalization& work, const Node& node) {
  if (!node.has("k")) {
    return;
  }
  NodeSpec spec = old_form(work, node, "k");
  spec.attributes.erase("k");
  spec.inputs.push_back(
      work.add_constant(node, "k", vector_of({node.integer("k", 0)})));
  work.builder().replace_node(node.name, {std::move(spec)});
}

/// Outputs that nothing reads at the end of the list are left out, so that
/// they need not be computed.
void rewrite_optional_outputs(Canonicalization& work, const Node& node) {
  std::size_t count = node.outputs.size();
  while (count > 1 && !work.is_used(node, count - 1)) {
    --count;
  }
  if (count < node.outputs.size()) {
    NodeSpec spec = work.spec(node);
    spec.outputs.resize(count);
    work.builder().replace_node(node.name, {std::move(spec)});
  }
}

}  // namespace ompq::detail
