// SPDX-License-Identifier: MIT
#include "ompq/export/compact_graph.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ompq/export/byte_quantizer.h"
#include "ompq/export/packed_constants.h"
#include "ompq/export/packed_pools.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/packed_numbers.h"
#include "ompq/quantization/qdq_constants.h"
#include "ompq/quantization/qdq_graph.h"
#include "ompq/quantization/quantizer_form.h"

namespace ompq {
namespace {

/// The first operator set with types of 2 bits.
constexpr std::int64_t kTwoBitOpset = 25;
constexpr int kTwoBits = 2;
constexpr int kFourBits = 4;

DataType smallest_type(const IntegerGrid& grid) {
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

/// A shift in as few bytes as it needs: int8, uint8 or int16.
Constant narrowed(const Constant& shift) {
  const std::vector<std::int64_t> numbers = shift.to_int64();
  const auto [low, high] = std::ranges::minmax(numbers);
  const auto fits = [low = low, high = high](auto type) {
    using Limits = std::numeric_limits<decltype(type)>;
    return low >= Limits::min() && high <= Limits::max();
  };
  return shift.cast(
      fits(std::int8_t{})    ? DataType::Int8
      : fits(std::uint8_t{}) ? DataType::UInt8
                             : DataType::Int16);
}

class CompactForm : public QdqForm {
 public:
  CompactForm(detail::ByteGrids grids, detail::IntegerInputs inputs)
      : grids_(std::move(grids)), inputs_(std::move(inputs)) {}

  [[nodiscard]] std::vector<GraphBuilder::NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& result,
      GraphBuilder& builder) const override {
    const auto grid = grids_.find(activation.value);
    return grid == grids_.end()
               ? QdqForm::activation_nodes(activation, value, result, builder)
               : detail::byte_quantizer_nodes(
                     grid->second, value, value.name, result, builder);
  }

  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& /*node*/,
      const Value& weight,
      GraphBuilder& builder) const override {
    const auto input = inputs_.find(layer.name);
    if (input != inputs_.end()) {
      const detail::PackedConstants packed =
          detail::packed_constants(layer, &input->second);
      if (packed.base) {
        return add_bytes(layer, packed, weight, builder);
      }
    }
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
  /// A DequantizeLinear of codes of one byte around one zero point.
  static std::string add_bytes(
      const QuantizedLayer& layer,
      const detail::PackedConstants& packed,
      const Value& weight,
      GraphBuilder& builder) {
    const Shape& shape = layer.weight.shape;
    const Constant numbers = Constant::from(packed.numbers, shape);
    const Constant shift =
        detail::broadcast_numbers({{packed, shape}}, {0}, {packed.shift()});
    const DataType type = packed.base->type();
    const std::vector<std::int64_t> zeros(
        static_cast<std::size_t>(packed.scale.size()),
        packed.base->to_int64().front());
    return add_dequantized(
        {.codes = detail::minus_shift(numbers, shift, type),
         .scale = packed.scale,
         .zero_point = Constant::from(zeros, packed.scale.shape()).cast(type),
         .axis = packed.axis},
        weight,
        builder,
        packed.bits > kFourBits
            ? ""
            : add_computed_codes(
                  numbers.cast(
                      smallest_type({.bits = packed.bits, .is_signed = false})),
                  narrowed(shift),
                  type,
                  weight.name,
                  builder));
  }

  /// Nodes that make codes of one byte of numbers of 2 or 4 bits:
  ///
  ///   code = Cast(Cast(number) - Cast(shift))
  static std::string add_computed_codes(
      Constant numbers,
      Constant shift,
      DataType type,
      const std::string& stem,
      GraphBuilder& builder) {
    const auto add = [&](const char* role, Constant constant) {
      return builder.add_fresh_constant(stem + role, std::move(constant));
    };
    const auto node = [&](const char* op_type,
                          std::vector<std::string> inputs,
                          std::map<std::string, Attribute> attributes,
                          DataType to) {
      std::string result = builder.fresh_name(stem + "_codes");
      builder.set_type(result, to);
      builder.add_node(
          {.name = {},
           .domain = {},
           .op_type = op_type,
           .inputs = std::move(inputs),
           .outputs = {result},
           .attributes = std::move(attributes)});
      return result;
    };
    const auto cast = [&](std::string from, DataType to) {
      return node(
          "Cast",
          {std::move(from)},
          {{"to", static_cast<std::int64_t>(to)}},
          to);
    };
    const std::string minuend =
        cast(add("_quantized", std::move(numbers)), DataType::Int32);
    const std::string subtrahend =
        cast(add("_shift", std::move(shift)), DataType::Int32);
    return cast(node("Sub", {minuend, subtrahend}, {}, DataType::Int32), type);
  }

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
    const std::string shape_name =
        builder.add_fresh_constant(weight.name + "_shape", target);
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

  detail::ByteGrids grids_;
  detail::IntegerInputs inputs_;
};

}  // namespace

Graph to_compact_graph(const Graph& float_graph, const QuantizedModel& model) {
  const detail::ClippedGrids clipped =
      detail::clip_by_byte_grids(float_graph, model.activations);
  Graph graph = insert_quantizers(
      clipped.graph,
      model,
      CompactForm(
          clipped.grids, detail::find_integer_inputs(float_graph, model)));
  if (graph.opset() >= kTwoBitOpset ||
      std::ranges::none_of(graph.values(), has_two_bits, &Value::type)) {
    return graph;
  }
  GraphBuilder builder(graph);
  builder.set_opset(kTwoBitOpset);
  return std::move(builder).build();
}

}  // namespace ompq
