// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_functions.h"

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/onnx_function_table.h"
#include "ompq/graph/onnx_node_names.h"
#include "ompq/graph/onnx_packed_functions.h"

namespace ompq::detail {
namespace {

using onnx::AttributeProto;
using onnx::FunctionProto;
using onnx::NodeProto;
using Nodes = google::protobuf::RepeatedPtrField<NodeProto>;
using Names = std::unordered_map<std::string, std::string>;

std::string standard(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

std::int64_t standard_opset(
    const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& sets) {
  for (const auto& set : sets) {
    if (standard(set.domain()).empty()) {
      return set.version();
    }
  }
  return 0;
}

/// Replaces references to the caller's attributes by their values; a
/// reference to an attribute that the caller leaves out disappears.
void resolve_references(
    NodeProto& node, const std::map<std::string, AttributeProto>& arguments) {
  google::protobuf::RepeatedPtrField<AttributeProto> resolved;
  for (AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.ref_attr_name().empty()) {
      resolved.Add(std::move(attribute));
      continue;
    }
    const auto argument = arguments.find(attribute.ref_attr_name());
    if (argument != arguments.end()) {
      AttributeProto copy = argument->second;
      copy.set_name(attribute.name());
      resolved.Add(std::move(copy));
    }
  }
  node.mutable_attribute()->Swap(&resolved);
}

class Inliner {
 public:
  explicit Inliner(onnx::ModelProto& model)
      : model_(model),
        names_(model.graph()),
        functions_(model),
        kept_(packed_function_calls(model)) {}

  std::vector<NodeProto> run() {
    check_size();
    for (NodeProto& node : *model_.mutable_graph()->mutable_node()) {
      node.set_name(names_.name_node(node, position_++));
      expand(std::move(node));
    }
    return std::move(nodes_);
  }

 private:
  void check_size() {
    constexpr double kMaxNodes = 200'000;
    const double size = functions_.expanded_size(model_.graph().node());
    OMPQ_CHECK(
        size <= kMaxNodes,
        ErrorCode::Unsupported,
        "the network has {:.3g} nodes once its functions are expanded; {} are "
        "supported",
        size,
        kMaxNodes);
  }

  void expand(NodeProto node) {
    const FunctionProto* function = functions_.find(node);
    if (function != nullptr && !kept_.contains(function)) {
      inline_call(node, *function);
    } else {
      nodes_.push_back(std::move(node));
    }
  }

  void inline_call(const NodeProto& call, const FunctionProto& function) {
    check_call(call, function);
    std::map<std::string, AttributeProto> arguments;
    for (AttributeProto& attribute : attribute_defaults(function)) {
      arguments[attribute.name()] = attribute;
    }
    for (const AttributeProto& attribute : call.attribute()) {
      arguments[attribute.name()] = attribute;
    }
    Names inner;
    for (int i = 0; i < function.input_size(); ++i) {
      inner[function.input(i)] = i < call.input_size() ? call.input(i) : "";
    }
    for (int i = 0; i < call.output_size(); ++i) {
      bind_output(call, function, i, inner);
    }
    std::size_t position = 0;
    for (NodeProto node : function.node()) {
      resolve_references(node, arguments);
      node.set_name(call.name() + "/" + inner_name(node, position++));
      node.set_name(names_.name_node(node, 0));
      rename(call, node, inner);
      expand(std::move(node));
    }
  }

  /// An output of the call gets its name from the caller; where the function
  /// hands an input through, or one value to two outputs, it is a copy.
  void bind_output(
      const NodeProto& call,
      const FunctionProto& function,
      int index,
      Names& inner) {
    const std::string& outer = call.output(index);
    if (outer.empty()) {
      return;
    }
    const auto [bound, is_new] = inner.emplace(function.output(index), outer);
    if (is_new) {
      return;
    }
    NodeProto identity;
    identity.set_op_type("Identity");
    identity.set_name(call.name() + "/Identity");
    identity.set_name(names_.name_node(identity, 0));
    identity.add_input(bound->second);
    identity.add_output(outer);
    nodes_.push_back(std::move(identity));
  }

  static std::string inner_name(const NodeProto& node, std::size_t position) {
    return node.name().empty() ? fmt::format("{}_{}", node.op_type(), position)
                               : node.name();
  }

  void rename(const NodeProto& call, NodeProto& node, Names& inner) {
    for (std::string& input : *node.mutable_input()) {
      input = inner_value(call, input, inner);
    }
    for (std::string& output : *node.mutable_output()) {
      output = inner_value(call, output, inner);
    }
  }

  std::string inner_value(
      const NodeProto& call, const std::string& name, Names& inner) {
    if (name.empty()) {
      return name;
    }
    const auto [bound, is_new] = inner.emplace(name, "");
    if (is_new) {
      bound->second = names_.name_value(call.name() + "/" + name);
    }
    return bound->second;
  }

  void check_call(const NodeProto& call, const FunctionProto& function) const {
    OMPQ_CHECK(
        call.input_size() <= function.input_size() &&
            call.output_size() <= function.output_size(),
        ErrorCode::InvalidModel,
        "node '{}': function '{}' has {} inputs and {} outputs, the call has "
        "{} and {}",
        call.name(),
        function.name(),
        function.input_size(),
        function.output_size(),
        call.input_size(),
        call.output_size());
    const std::int64_t opset = standard_opset(function.opset_import());
    OMPQ_CHECK(
        opset == 0 || opset == standard_opset(model_.opset_import()),
        ErrorCode::Unsupported,
        "function '{}' is written in opset {}, the model in {}; convert the "
        "model so that both agree",
        function.name(),
        opset,
        standard_opset(model_.opset_import()));
  }

  onnx::ModelProto& model_;
  OnnxNames names_;
  OnnxFunctionTable functions_;
  /// Calls of these stay as they are.
  std::unordered_set<const FunctionProto*> kept_;
  std::vector<NodeProto> nodes_;
  std::size_t position_ = 0;
};

}  // namespace

std::vector<NodeProto> take_inlined_nodes(onnx::ModelProto& model) {
  return Inliner(model).run();
}

}  // namespace ompq::detail
