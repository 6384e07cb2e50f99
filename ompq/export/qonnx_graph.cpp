// SPDX-License-Identifier: MIT
#include "ompq/export/qonnx_graph.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "ompq/export/real_weight.h"
#include "ompq/quantization/qdq_constants.h"
#include "ompq/quantization/quantizer_form.h"

namespace ompq {
namespace {

using NodeSpec = GraphBuilder::NodeSpec;

constexpr const char* kDomain = "qonnx.custom_op.general";

/// A grid as a Quant node states it.
struct QuantGrid {
  IntegerGrid grid;
  /// Zero point there less the one in the model.
  std::int32_t shift = 0;
};

/// The signed or unsigned form of a grid: the one whose zero point is 0, if
/// there is one.
QuantGrid choose_grid(
    const IntegerGrid& grid, std::span<const std::int32_t> zero_points) {
  const IntegerGrid other{.bits = grid.bits, .is_signed = !grid.is_signed};
  const std::int32_t shift = other.lowest() - grid.lowest();
  const bool other_is_symmetric = std::ranges::all_of(
      zero_points, [&](std::int32_t zero) { return zero + shift == 0; });
  const bool must_change = grid.bits == 1 && grid.is_signed;
  const bool may_change = grid.bits > 1 && other_is_symmetric;
  return must_change || may_change ? QuantGrid{other, shift}
                                   : QuantGrid{grid, 0};
}

/// @param stem  begins the names of the constants
NodeSpec quant_node(
    const std::string& stem,
    const IntegerGrid& grid,
    Constant scale,
    Constant zero_point,
    GraphBuilder& builder) {
  return {
      .domain = kDomain,
      .op_type = "Quant",
      .inputs =
          {builder.add_fresh_constant(stem + "_scale", std::move(scale)),
           builder.add_fresh_constant(
               stem + "_zero_point", std::move(zero_point)),
           builder.add_fresh_constant(
               stem + "_bits",
               Constant::scalar<float>(static_cast<float>(grid.bits)))},
      .attributes = {
          {"signed", std::int64_t{grid.is_signed}},
          {"narrow", std::int64_t{0}},
          {"rounding_mode", std::string("ROUND")}}};
}

/// One number for each scale, in the weight's rank; a scalar if all are equal.
Constant parameter_tensor(
    const QuantizedWeight& weight, const std::vector<float>& numbers) {
  const bool is_uniform = std::ranges::all_of(
      numbers, [&](float number) { return number == numbers.front(); });
  if (is_uniform) {
    return Constant::scalar<float>(numbers.front());
  }
  Shape shape(weight.shape.size(), 1);
  const auto keep = [&](std::int64_t axis) {
    shape[static_cast<std::size_t>(axis)] =
        weight.shape[static_cast<std::size_t>(axis)];
  };
  keep(weight.axis);
  if (detail::group_count(weight) > 1) {
    keep(weight.group_axis);
  }
  std::vector<float> spread;
  for (const std::size_t index : detail::scale_indices(weight, shape)) {
    spread.push_back(numbers[index]);
  }
  return Constant::from<float>(spread, std::move(shape));
}

class QonnxForm : public QuantizerForm {
 public:
  [[nodiscard]] std::string add_weight(
      const QuantizedLayer& layer,
      const Node& /*node*/,
      const Value& weight,
      GraphBuilder& builder) const override {
    const QuantizedWeight& integers = layer.weight;
    const Constant reals = detail::real_weight(integers, layer.name);
    const QuantGrid form = choose_grid(integers.grid, integers.zero_points);
    std::vector<float> zero_points;
    for (const std::int32_t zero : integers.zero_points) {
      zero_points.push_back(static_cast<float>(zero + form.shift));
    }
    NodeSpec spec = quant_node(
        weight.name,
        form.grid,
        parameter_tensor(integers, integers.scales),
        parameter_tensor(integers, zero_points),
        builder);
    spec.inputs.insert(
        spec.inputs.begin(),
        builder.add_fresh_constant(weight.name + "_rounded", reals));
    std::string result = builder.fresh_name(weight.name + "_quantized");
    spec.outputs = {result};
    builder.set_type(result, DataType::Float32);
    builder.set_shape(result, weight.shape);
    builder.add_node(std::move(spec));
    return result;
  }

  [[nodiscard]] std::vector<NodeSpec> activation_nodes(
      const QuantizedActivation& activation,
      const Value& value,
      const std::string& result,
      GraphBuilder& builder) const override {
    const auto& [scale, zero_point] = activation.parameters;
    const QuantGrid form = choose_grid(activation.grid, std::array{zero_point});
    NodeSpec spec = quant_node(
        value.name,
        form.grid,
        Constant::scalar<float>(scale),
        Constant::scalar<float>(static_cast<float>(zero_point + form.shift)),
        builder);
    spec.inputs.insert(spec.inputs.begin(), value.name);
    spec.outputs = {result};
    return {std::move(spec)};
  }
};

}  // namespace

Graph to_qonnx_graph(const Graph& float_graph, const QuantizedModel& model) {
  return insert_quantizers(float_graph, model, QonnxForm());
}

}  // namespace ompq
