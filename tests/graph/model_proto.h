// SPDX-License-Identifier: MIT
// Files as other programs write them, made field by field.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "ompq/graph/onnx_file.h"

namespace ompq {

inline void add_value(
    google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& values,
    const std::string& name,
    const std::vector<std::int64_t>& shape) {
  onnx::ValueInfoProto& value = *values.Add();
  value.set_name(name);
  auto* tensor = value.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(1);
  tensor->mutable_shape();
  for (const std::int64_t size : shape) {
    tensor->mutable_shape()->add_dim()->set_dim_value(size);
  }
}

template <typename Body>
onnx::NodeProto& add_node(
    Body& body,
    const std::string& op_type,
    const std::vector<std::string>& inputs,
    const std::vector<std::string>& outputs,
    const std::string& name = "") {
  onnx::NodeProto& node = *body.add_node();
  node.set_op_type(op_type);
  node.mutable_input()->Add(inputs.begin(), inputs.end());
  node.mutable_output()->Add(outputs.begin(), outputs.end());
  if (!name.empty()) {
    node.set_name(name);
  }
  return node;
}

/// A float32 tensor in the typed field.
inline onnx::TensorProto float_tensor(
    const std::string& name,
    const std::vector<std::int64_t>& shape,
    const std::vector<float>& elements) {
  onnx::TensorProto tensor;
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.mutable_dims()->Add(shape.begin(), shape.end());
  tensor.mutable_float_data()->Add(elements.begin(), elements.end());
  return tensor;
}

/// Opset 13, input x [2, 3], output y; no nodes yet.
inline onnx::ModelProto empty_model() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.add_opset_import()->set_version(13);
  model.mutable_graph()->set_name("test");
  add_value(*model.mutable_graph()->mutable_input(), "x", {2, 3});
  add_value(*model.mutable_graph()->mutable_output(), "y", {2, 3});
  return model;
}

/// x + tensor -> y; the tensor must be called "w".
inline onnx::ModelProto model_with(onnx::TensorProto tensor) {
  onnx::ModelProto model = empty_model();
  *model.mutable_graph()->add_initializer() = std::move(tensor);
  add_node(*model.mutable_graph(), "Add", {"x", "w"}, {"y"}, "add");
  return model;
}

inline Graph parse(
    const onnx::ModelProto& model, const std::filesystem::path& folder = {}) {
  return parse_onnx(model.SerializeAsString(), folder, "test.onnx");
}

/// The constant called `name`; the graph must have it.
inline const Constant& constant_named(
    const Graph& graph, const std::string& name) {
  return graph.value(graph.find_value(name).value()).constant.value();
}

}  // namespace ompq
