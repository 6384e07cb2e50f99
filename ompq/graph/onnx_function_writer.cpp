// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_function_writer.h"

#include <set>

#include "ompq/graph/onnx_attribute.h"
#include "ompq/graph/onnx_tensor.h"

namespace ompq::detail {
namespace {

onnx::NodeProto constant_node(const Value& value) {
  onnx::NodeProto proto;
  proto.set_op_type("Constant");
  proto.add_output(value.name);
  auto* attribute = proto.add_attribute();
  attribute->set_name("value");
  attribute->set_type(onnx::AttributeProto::TENSOR);
  *attribute->mutable_t() = tensor_from_constant(*value.constant, "");
  return proto;
}

void add_opset(
    const std::string& domain,
    std::int64_t version,
    onnx::FunctionProto& function) {
  auto* set = function.add_opset_import();
  set->set_domain(domain);
  set->set_version(version);
}

}  // namespace

onnx::NodeProto node_proto(const Graph& graph, const Node& node) {
  onnx::NodeProto proto;
  const auto name_of = [&](const std::optional<ValueId>& id) {
    return id ? graph.value(*id).name : std::string();
  };
  for (const auto& id : node.inputs) {
    proto.add_input(name_of(id));
  }
  for (const auto& id : node.outputs) {
    proto.add_output(name_of(id));
  }
  proto.set_name(node.name);
  proto.set_op_type(node.op_type);
  if (!node.domain.empty()) {
    proto.set_domain(node.domain);
  }
  for (const auto& [name, attribute] : node.attributes) {
    *proto.add_attribute() = write_attribute(name, attribute);
  }
  return proto;
}

onnx::FunctionProto function_proto(const Function& function) {
  const Graph& body = *function.body;
  onnx::FunctionProto proto;
  proto.set_name(function.name);
  proto.set_domain(function.domain);
  for (const ValueId id : body.inputs()) {
    proto.add_input(body.value(id).name);
  }
  for (const ValueId id : body.outputs()) {
    proto.add_output(body.value(id).name);
  }
  for (const Value& value : body.values()) {
    if (value.constant) {
      *proto.add_node() = constant_node(value);
    }
  }
  std::set<std::string> domains;
  for (const Node& node : body.nodes()) {
    onnx::NodeProto written = node_proto(body, node);
    written.clear_name();
    *proto.add_node() = std::move(written);
    domains.insert(node.domain);
  }
  domains.erase("");
  add_opset("", body.opset(), proto);
  for (const std::string& domain : domains) {
    add_opset(domain, 1, proto);
  }
  return proto;
}

}  // namespace ompq::detail
