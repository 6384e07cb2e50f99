// SPDX-License-Identifier: MIT
#include "ompq/export/packed_graph.h"

#include <string>
#include <utility>
#include <vector>

#include "ompq/export/packed_form.h"
#include "ompq/graph/packed_functions.h"

namespace ompq {

Graph to_packed_graph(const Graph& float_graph, const QuantizedModel& model) {
  GraphBuilder builder(insert_quantizers(
      float_graph, model, detail::PackedForm(float_graph, model)));
  std::vector<std::string> called;
  for (const GraphBuilder::NodeSpec& node : builder.nodes()) {
    if (node.domain == kPackedDomain) {
      called.push_back(node.op_type);
    }
  }
  for (Function& function : packed_functions(called, float_graph.opset())) {
    builder.add_function(std::move(function));
  }
  return std::move(builder).build();
}

}  // namespace ompq
