// SPDX-License-Identifier: MIT
#include "ompq/export/packed_graph.h"

#include <utility>
#include <vector>

#include "ompq/export/packed_form.h"
#include "ompq/graph/packed_functions.h"

namespace ompq {

Graph to_packed_graph(const Graph& float_graph, const QuantizedModel& model) {
  GraphBuilder builder(insert_quantizers(
      float_graph, model, detail::PackedForm(float_graph, model)));
  std::vector<int> bits;
  std::vector<std::int64_t> axes;
  for (const GraphBuilder::NodeSpec& node : builder.nodes()) {
    if (node.domain != kPackedDomain) {
      continue;
    }
    if (const auto width = unpacked_bits(node.op_type)) {
      bits.push_back(*width);
    } else if (const auto axis = grouped_axis(node.op_type)) {
      axes.push_back(*axis);
    }
  }
  for (Function& function : packed_functions(bits, axes, float_graph.opset())) {
    builder.add_function(std::move(function));
  }
  return std::move(builder).build();
}

}  // namespace ompq
