// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// The model-local functions of a file.
class OnnxFunctionTable {
 public:
  using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

  /// `model` must outlive the table.
  explicit OnnxFunctionTable(const onnx::ModelProto& model);

  /// The function that the node calls, or nullptr.
  [[nodiscard]] const onnx::FunctionProto* find(
      const onnx::NodeProto& node) const;

  /// Number of nodes that `nodes` become once every call is expanded; counted
  /// without expanding, since a small file may describe more than any memory
  /// holds.
  ///
  /// @throws Error{InvalidModel}  a function calls itself
  /// @throws Error{Unsupported}   calls nest more than 256 levels deep
  [[nodiscard]] double expanded_size(const Nodes& nodes);

 private:
  [[nodiscard]] double expanded_size(const onnx::FunctionProto& function);

  std::unordered_map<std::string, const onnx::FunctionProto*> functions_;
  std::unordered_map<const onnx::FunctionProto*, double> sizes_;
  int depth_ = 0;
};

/// Values that a function's attributes have where the caller gives none.
[[nodiscard]] std::vector<onnx::AttributeProto> attribute_defaults(
    const onnx::FunctionProto& function);

}  // namespace ompq::detail
