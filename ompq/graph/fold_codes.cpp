// SPDX-License-Identifier: MIT
#include "ompq/graph/fold_codes.h"

#include <string>
#include <utility>

#include "ompq/graph/constant_folding.h"
#include "ompq/graph/graph_builder.h"

namespace ompq::detail {
Graph fold_codes(const Graph& graph) {
  ConstantFolding folding(graph);
  GraphBuilder builder(graph);
  bool is_changed = false;
  for (const Node& node : graph.nodes()) {
    if (node.op_type != "DequantizeLinear" || !node.domain.empty()) {
      continue;
    }
    for (const auto& input : node.inputs) {
      if (!input || graph.value(*input).constant) {
        continue;
      }
      if (const auto& constant = folding.constant_of(*input)) {
        const std::string& value = graph.value(*input).name;
        const std::string name =
            builder.add_fresh_constant(value + "/constant", *constant);
        builder.replace_uses(value, name);
        is_changed = true;
      }
    }
  }
  return is_changed ? std::move(builder).build() : graph;
}

}  // namespace ompq::detail
