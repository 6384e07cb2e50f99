// SPDX-License-Identifier: MIT
#include "ompq/graph/canonical_rules.h"

namespace ompq::detail {

/// Before opset 11 the limits are attributes.
void rewrite_clip(Canonicalization& work, const Node& node) {
  if (!node.has("min") && !node.has("max")) {
    return;
  }
  GraphBuilder::NodeSpec clip = work.spec(node);
  clip.inputs.resize(1);
  clip.inputs.push_back(
      node.has("min")
          ? work.add_scalar_like_input(node, "min", node.real("min", 0.0F))
          : "");
  if (node.has("max")) {
    clip.inputs.push_back(
        work.add_scalar_like_input(node, "max", node.real("max", 0.0F)));
  }
  clip.attributes.erase("min");
  clip.attributes.erase("max");
  work.builder().replace_node(node.name, {std::move(clip)});
}

/// Before opset 13 all dimensions from `axis` on are one, and the default axis
/// is 1.
void rewrite_softmax(Canonicalization& work, const Node& node) {
  if (work.opset() >= 13) {
    return;
  }
  GraphBuilder::NodeSpec softmax = work.spec(node);
  const std::int64_t axis = node.integer("axis", 1);
  const std::optional<std::int64_t> rank = work.rank(node, 0);
  softmax.attributes["axis"] = std::int64_t{-1};
  if (axis == -1 || (rank && axis == *rank - 1)) {
    work.builder().replace_node(node.name, {std::move(softmax)});
    return;
  }
  GraphBuilder& builder = work.builder();
  const std::string input = softmax.inputs.at(0);
  const std::string output = softmax.outputs.at(0);
  const std::string shape = builder.fresh_name(node.name + "/shape");
  const std::string flat = builder.fresh_name(node.name + "/flat");
  softmax.inputs = {flat};
  softmax.outputs = {builder.fresh_name(node.name + "/flat_output")};
  const std::string flat_output = softmax.outputs[0];
  builder.replace_node(
      node.name,
      {{node.name + "/Shape", "", "Shape", {input}, {shape}, {}},
       {node.name + "/Flatten",
        "",
        "Flatten",
        {input},
        {flat},
        {{"axis", axis}}},
       std::move(softmax),
       {node.name + "/Reshape",
        "",
        "Reshape",
        {flat_output, shape},
        {output},
        {{"allowzero", std::int64_t{1}}}}});
}

}  // namespace ompq::detail
