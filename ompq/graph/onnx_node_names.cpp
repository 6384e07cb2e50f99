// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_node_names.h"

#include <fmt/format.h>

namespace ompq::detail {

OnnxNames::OnnxNames(const onnx::GraphProto& graph) {
  for (const auto& input : graph.input()) {
    used_values_.insert(input.name());
  }
  for (const auto& tensor : graph.initializer()) {
    used_values_.insert(tensor.name());
  }
  for (const auto& node : graph.node()) {
    used_values_.insert(node.output().begin(), node.output().end());
    if (!node.name().empty()) {
      used_nodes_.insert(node.name());
      reserved_nodes_.insert(node.name());
    }
  }
}

std::string OnnxNames::name_node(
    const onnx::NodeProto& node, std::size_t position) {
  if (node.name().empty()) {
    return unique(fmt::format("{}_{}", node.op_type(), position), used_nodes_);
  }
  if (reserved_nodes_.erase(node.name()) > 0) {
    return node.name();
  }
  return unique(node.name(), used_nodes_);
}

std::string OnnxNames::name_value(const std::string& stem) {
  return unique(stem, used_values_);
}

std::string OnnxNames::unique(
    const std::string& stem, std::unordered_set<std::string>& used) {
  std::string name = stem;
  for (int number = 2; !used.insert(name).second; ++number) {
    name = fmt::format("{}_{}", stem, number);
  }
  return name;
}

}  // namespace ompq::detail
