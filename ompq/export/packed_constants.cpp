// SPDX-License-Identifier: MIT
#include "ompq/export/packed_constants.h"

#include <span>

#include "ompq/core/units.h"
#include "ompq/export/fast_weight.h"
#include "ompq/export/integer_fusion.h"
#include "ompq/export/value_grids.h"
#include "ompq/quantization/qdq_constants.h"

namespace ompq::detail {
namespace {

/// Codes or zero points above the lowest of their grid.
template <typename Code>
std::vector<std::uint32_t> above_lowest(
    const IntegerGrid& grid, std::span<const Code> codes) {
  std::vector<std::uint32_t> above;
  above.reserve(codes.size());
  for (const Code code : codes) {
    above.push_back(static_cast<std::uint32_t>(code - grid.lowest()));
  }
  return above;
}

/// Zero points on the unsigned grid, in the shape of the scale.
Constant zero_points_of(
    const QuantizedWeight& weight, const WeightConstants& constants) {
  const auto count = static_cast<std::size_t>(constants.scale.size());
  const std::vector<std::int64_t> zeros =
      constants.zero_point ? constants.zero_point->to_int64()
                           : std::vector<std::int64_t>(count, 0);
  return Constant::from(
             above_lowest<std::int64_t>(weight.grid, zeros),
             constants.scale.shape())
      .cast(
          weight.grid.bits > kBitsPerByte ? DataType::UInt16 : DataType::UInt8);
}

/// True if a runtime may take integers for the layer. Of a MatMul's float
/// weight nothing else is made.
bool reads_integers(const Node& node) {
  if (node.op_type == "Gemm") {
    return has_integer_sums(node);
  }
  return node.op_type != "MatMul";
}

}  // namespace

Constant PackedConstants::shift() const {
  std::vector<std::int64_t> shifts = zero_point.to_int64();
  for (std::int64_t& number : shifts) {
    number -= base->to_int64().front();
  }
  return Constant::from(shifts, zero_point.shape());
}

PackedConstants packed_constants(
    const QuantizedLayer& layer, const IntegerInput* input) {
  QuantizedWeight weight = layer.weight;
  const auto bytes =
      input == nullptr ? std::nullopt : one_zero_point(weight, input->highest);
  std::optional<Constant> base;
  if (bytes) {
    const std::int32_t zeros[] = {bytes->zero_point};
    base = code_constant(
        {.bits = kBitsPerByte, .is_signed = bytes->is_signed}, zeros, {});
    if (fitted_scales(weight, layer.bias, input->scale) != weight.scales) {
      QuantizedWeight fitted = weight;
      fit_scales_to_biases(fitted, layer.bias, input->scale);
      // Scales of channels that are all 0, not those that change codes.
      if (fitted.codes == weight.codes) {
        weight.scales = fitted.scales;
      }
    }
  }
  const WeightConstants constants = weight_constants(weight, layer.name);
  return {
      .bits = weight.grid.bits,
      .numbers = above_lowest<std::int32_t>(weight.grid, weight.codes),
      .scale = constants.scale,
      .zero_point = zero_points_of(weight, constants),
      .axis = constants.axis,
      .group_size = constants.block_size,
      .base = base};
}

IntegerInputs find_integer_inputs(
    const Graph& graph, const QuantizedModel& model) {
  auto [clipped, grids] = clip_by_grids(graph, model.activations);
  add_copied_grids(clipped, model.activations, grids);
  const auto grid_of = [&](std::optional<ValueId> id) -> const ByteGrid* {
    const auto found = grids.find(clipped.value(*id).name);
    return found == grids.end() ? nullptr : &found->second;
  };
  IntegerInputs inputs;
  for (const QuantizedLayer& layer : model.layers) {
    const auto id = clipped.find_node(layer.name);
    if (!id) {
      continue;
    }
    const Node& node = clipped.node(*id);
    const ByteGrid* input = grid_of(node.input(0));
    if (input != nullptr && reads_integers(node) &&
        (node.op_type == "Gemm" || grid_of(node.output(0)) != nullptr)) {
      inputs[layer.name] = {
          .highest =
              highest_input(clipped, grids, clipped.value(*node.input(1))),
          .scale = input->parameters.scale,
          .origin = input->origin};
    }
  }
  return inputs;
}

}  // namespace ompq::detail
