// SPDX-License-Identifier: MIT
#include "ompq/export/compact_graph.h"

#include <algorithm>
#include <string>
#include <utility>

#include "ompq/graph/graph_builder.h"
#include "ompq/quantization/qdq_constants.h"
#include "ompq/quantization/qdq_graph.h"
#include "ompq/quantization/quantizer_form.h"

namespace ompq {
namespace {

/// The first operator set with types of 2 bits.
constexpr std::int64_t kTwoBitOpset = 25;

DataType smallest_type(const IntegerGrid& grid) {
  constexpr int kTwoBits = 2;
  constexpr int kFourBits = 4;
  if (grid.bits <= kTwoBits) {
    return grid.is_signed ? DataType::Int2 : DataType::UInt2;
  }
  if (grid.bits <= kFourBits) {
    return grid.is_signed ? DataType::Int4 : DataType::UInt4;
  }
  return detail::container_of(grid);
}

class CompactForm : public QdqForm {
 public:
  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& /*node*/,
      const Value& weight,
      GraphBuilder& builder) const override {
    detail::WeightConstants constants =
        detail::weight_constants(layer.weight, layer.name);
    const DataType type = smallest_type(layer.weight.grid);
    constants.codes = constants.codes.cast(type);
    if (constants.zero_point.has_value()) {
      constants.zero_point = constants.zero_point->cast(type);
    }
    return add_dequantized(std::move(constants), weight, builder);
  }
};

bool has_two_bit_type(const Value& value) {
  return value.type == DataType::UInt2 || value.type == DataType::Int2;
}

}  // namespace

Graph to_compact_graph(const Graph& float_graph, const QuantizedModel& model) {
  Graph graph = insert_quantizers(float_graph, model, CompactForm());
  if (graph.opset() >= kTwoBitOpset ||
      std::ranges::none_of(graph.values(), has_two_bit_type)) {
    return graph;
  }
  GraphBuilder builder(graph);
  builder.set_opset(kTwoBitOpset);
  return std::move(builder).build();
}

}  // namespace ompq
