// SPDX-License-Identifier: MIT
#include <algorithm>

#include "ompq/core/error.h"
#include "ompq/graph/canonical_rules.h"

namespace ompq::detail {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

/// Resize of opset 10 and Upsample have no coordinate mode: they divide by the
/// scale and, for the nearest element, cut off (where they enlarge).
void set_asymmetric(const Node& node, NodeSpec& spec) {
  const std::string mode = node.text("mode", "nearest");
  const bool is_linear = mode == "linear" || mode == "bilinear";
  OMPQ_CHECK(
      is_linear || mode == "nearest",
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' ({}): mode must be 'nearest' or 'linear', got "
      "'{}'",
      node.name,
      node.op_type,
      mode);
  spec.op_type = "Resize";
  spec.attributes.clear();
  spec.attributes["mode"] = std::string(is_linear ? "linear" : "nearest");
  spec.attributes["coordinate_transformation_mode"] = std::string("asymmetric");
  spec.attributes["nearest_mode"] = std::string("floor");
}

/// Opset 11 only: floor((i + 1/2) / scale) is what half_pixel gives with ties
/// rounded up. The other roundings have no later form and stay as they are.
void replace_tf_half_pixel(const Node& node, NodeSpec& spec) {
  if (node.text("mode", "nearest") == "nearest" &&
      node.text("nearest_mode", "round_prefer_floor") == "floor") {
    spec.attributes["coordinate_transformation_mode"] =
        std::string("half_pixel");
    spec.attributes["nearest_mode"] = std::string("round_prefer_ceil");
  }
}

/// Scales of the axes that `keep` holds for; 1 for the others.
template <typename Keep>
Constant selected_scales(const std::vector<double>& scales, Keep keep) {
  std::vector<float> selected;
  for (const double scale : scales) {
    selected.push_back(keep(scale) ? static_cast<float>(scale) : 1.0F);
  }
  return Constant::from(selected, {static_cast<std::int64_t>(scales.size())});
}

/// In opset 10 the nearest element is rounded up along an axis that shrinks
/// (so ONNX's own test of that version and ONNX Runtime), and down along one
/// that grows: where a node does both it takes two nodes.
void rewrite_resize_10(Canonicalization& work, const Node& node) {
  NodeSpec spec = work.spec(node);
  set_asymmetric(node, spec);
  spec.inputs.insert(spec.inputs.begin() + 1, "");
  const Constant* constant = work.graph().constant_input(node, 1);
  const bool is_nearest = node.text("mode", "nearest") == "nearest";
  const std::vector<double> scales = is_nearest && constant != nullptr
                                         ? constant->to_double()
                                         : std::vector<double>();
  const auto shrinks = [](double scale) { return scale < 1; };
  const auto grows = [](double scale) { return scale > 1; };
  if (std::none_of(scales.begin(), scales.end(), shrinks)) {
    work.builder().replace_node(node.name, {std::move(spec)});
    return;
  }
  NodeSpec shrink = spec;
  shrink.attributes["nearest_mode"] = std::string("ceil");
  if (std::none_of(scales.begin(), scales.end(), grows)) {
    work.builder().replace_node(node.name, {std::move(shrink)});
    return;
  }
  shrink.name = node.name + "/shrink";
  shrink.inputs[2] = work.add_constant(
      node, "shrink_scales", selected_scales(scales, shrinks));
  shrink.outputs = {work.builder().fresh_name(node.name + "/shrunk")};
  spec.inputs = {
      shrink.outputs[0],
      "",
      work.add_constant(node, "scales", selected_scales(scales, grows))};
  work.builder().replace_node(node.name, {std::move(shrink), std::move(spec)});
}

void drop_if_empty(
    Canonicalization& work,
    const Node& node,
    std::size_t index,
    NodeSpec& spec) {
  const Constant* constant = work.graph().constant_input(node, index);
  if (constant != nullptr && constant->size() == 0) {
    spec.inputs[index].clear();
  }
}

}  // namespace

void rewrite_resize(Canonicalization& work, const Node& node) {
  if (work.opset() == 10) {
    rewrite_resize_10(work, node);
    return;
  }
  NodeSpec spec = work.spec(node);
  const std::string coordinates =
      node.text("coordinate_transformation_mode", "half_pixel");
  if (coordinates == "tf_half_pixel_for_nn") {
    replace_tf_half_pixel(node, spec);
  }
  if (spec.inputs.size() > 1 && coordinates != "tf_crop_and_resize") {
    spec.inputs[1].clear();
  }
  // Opset 11 asks for all inputs; those that do not apply are empty tensors.
  for (std::size_t i = 1; i < spec.inputs.size(); ++i) {
    drop_if_empty(work, node, i, spec);
  }
  while (spec.inputs.size() > 1 && spec.inputs.back().empty()) {
    spec.inputs.pop_back();
  }
  OMPQ_CHECK(
      spec.inputs.size() > 2,
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' (Resize) has neither scales nor sizes",
      node.name);
  work.builder().replace_node(node.name, {std::move(spec)});
}

void rewrite_upsample(Canonicalization& work, const Node& node) {
  NodeSpec spec = work.spec(node);
  set_asymmetric(node, spec);
  OMPQ_CHECK(
      spec.inputs.size() == (node.has("scales") ? 1U : 2U),
      ErrorCode::InvalidModel,
      "[canonicalize] node '{}' (Upsample): expected an input and scales, got "
      "{} inputs",
      node.name,
      spec.inputs.size());
  if (node.has("scales")) {
    const std::vector<float> scales = node.reals("scales", {});
    const auto length = static_cast<std::int64_t>(scales.size());
    spec.inputs.push_back(
        work.add_constant(node, "scales", Constant::from(scales, {length})));
  }
  spec.inputs.insert(spec.inputs.begin() + 1, "");
  work.builder().replace_node(node.name, {std::move(spec)});
}

}  // namespace ompq::detail
