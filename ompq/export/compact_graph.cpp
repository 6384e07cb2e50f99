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

bool has_two_bits(DataType type) {
  return type == DataType::UInt2 || type == DataType::Int2;
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
    return has_two_bits(type)
               ? add_behind_reshape(std::move(constants), weight, builder)
               : add_dequantized(std::move(constants), weight, builder);
  }

 private:
  /// Codes with one dimension more, and a Reshape that takes it away: ONNX
  /// Runtime 1.30 merges DequantizeLinear of any other type than 4 and 16 bits
  /// with the layer behind it, and then refuses 2 bits as an operand of
  /// QLinearConv.
  static std::string add_behind_reshape(
      detail::WeightConstants constants,
      const Value& weight,
      GraphBuilder& builder) {
    Shape shape = constants.codes.shape();
    const auto rank = static_cast<std::int64_t>(shape.size());
    const Constant target = Constant::from<std::int64_t>(shape, {rank});
    const auto with_one_more = [](const Constant& constant) {
      Shape longer = constant.shape();
      longer.push_back(1);
      return constant.reshaped(std::move(longer));
    };
    constants.codes = with_one_more(constants.codes);
    if (constants.block_size > 0) {
      constants.scale = with_one_more(constants.scale);
      if (constants.zero_point) {
        constants.zero_point = with_one_more(*constants.zero_point);
      }
    }
    Value longer = weight;
    longer.shape->push_back({.size = 1, .symbol = {}});
    const std::string source =
        add_dequantized(std::move(constants), longer, builder);
    const std::string shape_name = builder.fresh_name(weight.name + "_shape");
    builder.add_constant(shape_name, target);
    std::string name = builder.fresh_name(weight.name + "_reshaped");
    builder.set_type(name, DataType::Float32);
    builder.set_shape(name, weight.shape);
    builder.add_node(
        {.name = {},
         .domain = {},
         .op_type = "Reshape",
         .inputs = {source, shape_name},
         .outputs = {name},
         .attributes = {}});
    return name;
  }
};

}  // namespace

Graph to_compact_graph(const Graph& float_graph, const QuantizedModel& model) {
  Graph graph = insert_quantizers(float_graph, model, CompactForm());
  if (graph.opset() >= kTwoBitOpset ||
      std::ranges::none_of(graph.values(), has_two_bits, &Value::type)) {
    return graph;
  }
  GraphBuilder builder(graph);
  builder.set_opset(kTwoBitOpset);
  return std::move(builder).build();
}

}  // namespace ompq
