// SPDX-License-Identifier: MIT
#include "ompq/graph/unfolded_weights.h"

#include <cstddef>
#include <utility>

#include "ompq/core/error.h"

namespace ompq::detail {

void check_weights(const std::string& where, const UnfoldedWeights& weights) {
  const Shape& shape = weights.numbers.shape();
  check_packed_numbers(where, shape, weights.zero_point, "zero point");
  if (!weights.scale) {
    return;
  }
  check_packed_numbers(where, shape, *weights.scale, "scale");
  OMPQ_CHECK(
      (weights.scale->block > 0) == (weights.zero_point.block > 0) ||
          weights.zero_point.numbers.size() == 1,
      ErrorCode::InvalidModel,
      "[packed] {}: scales and zero points have different groups",
      where);
}

UnfoldedWeights slice_rows(
    const UnfoldedWeights& weights, std::int64_t begin, std::int64_t end) {
  const std::int64_t rows = weights.numbers.shape().front();
  UnfoldedWeights part{
      slice_rows(weights.numbers, begin, end),
      slice_rows(weights.zero_point, rows, begin, end),
      std::nullopt};
  if (weights.scale) {
    part.scale = slice_rows(*weights.scale, rows, begin, end);
  }
  return part;
}

void add_dequantizer(
    const std::string& name,
    const UnfoldedWeights& weights,
    GraphBuilder& builder) {
  const PackedNumbers scale =
      weights.scale.value_or(PackedNumbers{Constant::scalar<float>(1.0F)});
  const PackedNumbers& zero = weights.zero_point;
  const auto axis =
      axis_of(scale.numbers) ? axis_of(scale.numbers) : axis_of(zero.numbers);
  const bool is_blocked = scale.block > 0 || zero.block > 0;
  const std::int64_t channels =
      axis && !is_blocked ? weights.numbers.shape()[*axis] : 0;
  const auto add = [&](const char* role, Constant constant) {
    return builder.add_fresh_constant(name + "/" + role, std::move(constant));
  };
  GraphBuilder::NodeSpec spec{
      .op_type = "DequantizeLinear",
      .inputs =
          {add("codes", weights.numbers),
           add("scale", in_dequantize_form(scale, channels)),
           add("zero_point",
               in_dequantize_form(zero, channels)
                   .cast(weights.numbers.type()))},
      .outputs = {name}};
  if (scale.block > 0) {
    spec.attributes["axis"] = scale.axis;
    spec.attributes["block_size"] = scale.block;
  } else if (axis) {
    spec.attributes["axis"] = static_cast<std::int64_t>(*axis);
  }
  builder.add_node(std::move(spec));
}

}  // namespace ompq::detail
