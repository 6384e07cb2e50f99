// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/constant_tensor.h"
#include "ompq/engine/element_cast.h"
#include "ompq/engine/operator_input.h"
#include "ompq/engine/operator_registry.h"

namespace ompq {
namespace {

using Sizes = std::vector<std::int64_t>;

/// What one scale covers: the tensor, a slice along `axis`, or `block_size`
/// elements along it.
struct Granularity {
  std::int64_t axis;
  std::int64_t block_size;
};

Granularity read_granularity(const Node& node) {
  return {node.integer("axis", 1), node.integer("block_size", 0)};
}

/// A scale or zero point, shaped to broadcast against the input.
at::Tensor spread(
    const at::Tensor& parameter,
    const at::Tensor& input,
    const Granularity& granularity) {
  if (parameter.dim() == 0 ||
      (parameter.numel() == 1 && granularity.block_size == 0)) {
    return parameter.reshape({});
  }
  const std::int64_t axis = positive_axis(granularity.axis, input.dim());
  if (granularity.block_size > 0) {
    return parameter.repeat_interleave(granularity.block_size, axis)
        .narrow(axis, 0, input.size(axis));
  }
  OMPQ_CHECK(
      parameter.dim() == 1 && parameter.numel() == input.size(axis),
      ErrorCode::ShapeMismatch,
      "expected {} scales or zero points for axis {}, got shape {}",
      input.size(axis),
      axis,
      to_string(parameter.sizes().vec()));
  Sizes shape(static_cast<std::size_t>(input.dim()), 1);
  shape[static_cast<std::size_t>(axis)] = parameter.numel();
  return parameter.reshape(shape);
}

/// output_dtype, or the zero point's type, or uint8.
DataType quantized_type(const Node& node, const Graph& graph) {
  const std::int64_t given = node.integer("output_dtype", 0);
  if (given != 0) {
    return static_cast<DataType>(given);
  }
  return node.input(2) ? declared_type(node, graph, 2) : DataType::UInt8;
}

/// q = saturate(round_half_even(x / scale) + zero_point)
Operator make_quantize(const Node& node, const Graph& graph) {
  return [granularity = read_granularity(node),
          declared =
              quantized_type(node, graph)](const Tensors& inputs) -> Tensors {
    const at::Tensor& input = inputs[0];
    const at::Tensor zero_point = optional_input(inputs, 2);
    const DataType type = declared == DataType::Undefined
                              ? to_data_type(zero_point.scalar_type())
                              : declared;
    const IntegerRange range = integer_range(type);
    const at::Tensor scale = spread(inputs[1], input, granularity);
    at::Tensor codes = at::round(input.to(scale.scalar_type()) / scale);
    if (zero_point.defined()) {
      codes = codes + spread(zero_point, input, granularity);
    }
    return {
        at::clamp(codes, range.lowest, range.highest).to(to_scalar_type(type))};
  };
}

/// x = (q - zero_point) scale, of the scale's type.
Operator make_dequantize(const Node& node, const Graph& /*graph*/) {
  return
      [granularity = read_granularity(node)](const Tensors& inputs) -> Tensors {
        const at::Tensor& codes = inputs[0];
        const at::Tensor zero_point = optional_input(inputs, 2);
        const at::Tensor scale = spread(inputs[1], codes, granularity);
        const c10::ScalarType type = scale.scalar_type();
        if (!zero_point.defined()) {
          return {codes.to(type) * scale};
        }
        // The difference of two 32-bit integers is exact in int64 only.
        const at::Tensor shift = spread(zero_point, codes, granularity);
        const bool is_wide = codes.scalar_type() == at::kInt;
        const at::Tensor difference =
            is_wide ? (codes.to(at::kLong) - shift.to(at::kLong)).to(type)
                    : codes.to(type) - shift.to(type);
        return {difference * scale};
      };
}

/// Scale and zero point from the range of the data, which includes 0; uint8.
Operator make_dynamic_quantize(const Node& /*node*/, const Graph& /*graph*/) {
  return [](const Tensors& inputs) -> Tensors {
    constexpr double kHighest = 255;
    const at::Tensor& input = inputs[0];
    const at::Tensor low = at::clamp_max(input.min(), 0);
    const at::Tensor high = at::clamp_min(input.max(), 0);
    const at::Tensor scale = (high - low) / kHighest;
    const at::Tensor zero_point =
        at::clamp(at::round(-low / scale), 0, kHighest);
    const at::Tensor codes =
        at::clamp(at::round(input / scale) + zero_point, 0, kHighest);
    return {codes.to(at::kByte), scale, zero_point.to(at::kByte)};
  };
}

}  // namespace

std::span<const OperatorEntry> qdq_operators() {
  static constexpr OperatorEntry kOperators[] = {
      {"DequantizeLinear", 2, 3, make_dequantize},
      {"DynamicQuantizeLinear", 1, 1, make_dynamic_quantize},
      {"QuantizeLinear", 2, 3, make_quantize},
  };
  return kOperators;
}

}  // namespace ompq
