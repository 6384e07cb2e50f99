// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/weight_rows.h"

#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// Dimensions in the order output channel, other ones, input channel.
std::vector<std::int64_t> row_order(const WeightRows& layout) {
  std::vector<std::int64_t> order{layout.axis};
  const auto dimensions = static_cast<std::int64_t>(layout.shape.size());
  for (std::int64_t i = 0; i < dimensions; ++i) {
    if (i != layout.axis && i != layout.input_axis) {
      order.push_back(i);
    }
  }
  order.push_back(layout.input_axis);
  return order;
}

}  // namespace

WeightRows weight_rows(const Graph& graph, const Layer& layer) {
  const Node& node = graph.node(layer.node);
  WeightRows layout{.shape = layer.weight_shape};
  const auto dimensions = static_cast<std::int64_t>(layout.shape.size());
  OMPQ_CHECK(
      dimensions >= 2,
      ErrorCode::Unsupported,
      "[quantize] layer '{}': its weight {} has no input and output channels; "
      "leave it out of the plan",
      layer.name,
      to_string(layout.shape));
  switch (layer.kind) {
    case LayerKind::Conv:
      layout.groups = node.integer("group", 1);
      break;
    case LayerKind::ConvTranspose:
      layout.axis = 1;
      layout.input_axis = 0;
      break;
    case LayerKind::Gemm:
      layout.axis = node.integer("transB", 0) != 0 ? 0 : 1;
      layout.input_axis = 1 - layout.axis;
      break;
    case LayerKind::MatMul:
      layout.axis = dimensions - 1;
      layout.input_axis = dimensions - 2;
      break;
  }
  layout.rows = layout.shape[static_cast<std::size_t>(layout.axis)];
  layout.columns = element_count(layout.shape) / layout.rows;
  return layout;
}

at::Tensor to_rows(const at::Tensor& weight, const WeightRows& layout) {
  return weight.permute(row_order(layout))
      .reshape({layout.rows, layout.columns})
      .contiguous();
}

at::Tensor from_rows(const at::Tensor& rows, const WeightRows& layout) {
  const std::vector<std::int64_t> order = row_order(layout);
  std::vector<std::int64_t> permuted;
  std::vector<std::int64_t> inverse(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    permuted.push_back(layout.shape[static_cast<std::size_t>(order[i])]);
    inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  }
  return rows.reshape(permuted).permute(inverse);
}

}  // namespace ompq
