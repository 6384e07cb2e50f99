// SPDX-License-Identifier: MIT
#include "ompq/export/packed_graph.h"

#include <string>
#include <utility>
#include <vector>

#include "ompq/export/gathered_biases.h"
#include "ompq/export/packed_form.h"
#include "ompq/graph/packed_functions.h"

namespace ompq {

Graph to_packed_graph(const Graph& float_graph, const QuantizedModel& given) {
  const QuantizedModel model = detail::with_own_biases(float_graph, given);
  const detail::ClippedGrids clipped =
      detail::clip_by_byte_grids(float_graph, model.activations);
  GraphBuilder builder(insert_quantizers(
      clipped.graph,
      model,
      detail::PackedForm(
          clipped, detail::find_integer_inputs(float_graph, model), model)));
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
