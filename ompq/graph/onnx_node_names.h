// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// Names of the nodes and values of one file. Files may repeat or leave out
/// the names of nodes; the names of values are unique.
class OnnxNames {
 public:
  /// Knows every name that `graph` uses.
  explicit OnnxNames(const onnx::GraphProto& graph);

  /// A unique name for a node: its own, "<own>_2" where that is taken, or
  /// "<op_type>_<position>" for a node without a name.
  [[nodiscard]] std::string name_node(
      const onnx::NodeProto& node, std::size_t position);

  /// A unique name for a new value, beginning with `stem`.
  [[nodiscard]] std::string name_value(const std::string& stem);

 private:
  [[nodiscard]] static std::string unique(
      const std::string& stem, std::unordered_set<std::string>& used);

  std::unordered_set<std::string> used_values_;
  std::unordered_set<std::string> used_nodes_;
  /// Names that stand in the file and have not been given out yet.
  std::unordered_set<std::string> reserved_nodes_;
};

}  // namespace ompq::detail
