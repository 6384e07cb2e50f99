// SPDX-License-Identifier: MIT
// One of ONNX's own operator tests: a model, input tensors, output tensors.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <onnx/onnx_pb.h>

#include "ompq/core/error.h"
#include "ompq/graph/constant.h"
#include "ompq/graph/onnx_file.h"

namespace ompq {

inline std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Reads a tensor file by the way a model's initializers are read.
inline Constant read_tensor_file(const std::filesystem::path& path) {
  onnx::ModelProto model;
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  onnx::TensorProto* tensor = model.mutable_graph()->add_initializer();
  OMPQ_CHECK(
      tensor->ParseFromString(file_bytes(path)),
      ErrorCode::InvalidFile,
      "{} is not a tensor",
      path.string());
  tensor->set_name("tensor");
  model.mutable_graph()->set_name("tensor_file");
  model.mutable_graph()->add_output()->set_name("tensor");
  const Graph graph = parse_onnx(model.SerializeAsString(), "", path.string());
  return *graph.value(graph.outputs()[0]).constant;
}

/// The tensors PREFIX_0.pb, PREFIX_1.pb, ... of a folder.
inline std::vector<Constant> read_tensor_files(
    const std::filesystem::path& folder, const std::string& prefix) {
  std::vector<Constant> tensors;
  for (int i = 0;; ++i) {
    const auto path = folder / (prefix + std::to_string(i) + ".pb");
    if (!std::filesystem::exists(path)) {
      return tensors;
    }
    tensors.push_back(read_tensor_file(path));
  }
}

}  // namespace ompq
