// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_functions.h"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/graph/onnx_node_names.h"

namespace ompq::detail {
namespace {

using onnx::AttributeProto;
using onnx::FunctionProto;
using onnx::NodeProto;
using Names = std::unordered_map<std::string, std::string>;

// Fields of newer messages than the ones we are compiled with.
constexpr int kFunctionAttributeDefaults = 11;
constexpr int kFunctionOverload = 13;
constexpr int kNodeOverload = 8;

std::string standard(const std::string& domain) {
  return domain == "ai.onnx" ? std::string() : domain;
}

template <typename Message>
std::vector<std::string> unknown_texts(const Message& message, int field) {
  std::vector<std::string> texts;
  const auto& unknown = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < unknown.field_count(); ++i) {
    const auto& item = unknown.field(i);
    if (item.number() == field &&
        item.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      texts.push_back(item.length_delimited());
    }
  }
  return texts;
}

template <typename Message>
std::string overload(const Message& message, int field) {
  const std::vector<std::string> texts = unknown_texts(message, field);
  return texts.empty() ? std::string() : texts.back();
}

std::string key_of(
    const std::string& domain,
    const std::string& name,
    const std::string& overload_name) {
  return standard(domain) + '\n' + name + '\n' + overload_name;
}

std::vector<AttributeProto> attribute_defaults(const FunctionProto& function) {
  std::vector<AttributeProto> defaults;
  for (const std::string& bytes :
       unknown_texts(function, kFunctionAttributeDefaults)) {
    AttributeProto attribute;
    if (attribute.ParseFromString(bytes)) {
      defaults.push_back(std::move(attribute));
    }
  }
  return defaults;
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
      : model_(model), names_(model.graph()) {
    for (const FunctionProto& function : model.functions()) {
      functions_.emplace(
          key_of(
              function.domain(),
              function.name(),
              overload(function, kFunctionOverload)),
          &function);
    }
  }

  std::vector<NodeProto> run() {
    for (NodeProto& node : *model_.mutable_graph()->mutable_node()) {
      node.set_name(names_.name_node(node, position_++));
      expand(std::move(node), 0);
    }
    return std::move(nodes_);
  }

 private:
  void expand(NodeProto node, int depth) {
    const auto function = functions_.find(
        key_of(node.domain(), node.op_type(), overload(node, kNodeOverload)));
    if (function != functions_.end()) {
      inline_call(node, *function->second, depth);
      return;
    }
    constexpr std::size_t kMaxNodes = 1'000'000;
    OMPQ_CHECK(
        nodes_.size() < kMaxNodes,
        ErrorCode::Unsupported,
        "the network has more than {} nodes once its functions are expanded",
        kMaxNodes);
    nodes_.push_back(std::move(node));
  }

  void inline_call(
      const NodeProto& call, const FunctionProto& function, int depth) {
    check_call(call, function, depth);
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
      expand(std::move(node), depth + 1);
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

  void check_call(
      const NodeProto& call, const FunctionProto& function, int depth) const {
    constexpr int kMaxDepth = 64;
    OMPQ_CHECK(
        depth < kMaxDepth,
        ErrorCode::InvalidModel,
        "node '{}': function '{}' calls itself",
        call.name(),
        function.name());
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
  std::unordered_map<std::string, const FunctionProto*> functions_;
  std::vector<NodeProto> nodes_;
  std::size_t position_ = 0;
};

}  // namespace

std::vector<NodeProto> take_inlined_nodes(onnx::ModelProto& model) {
  return Inliner(model).run();
}

}  // namespace ompq::detail
