// SPDX-License-Identifier: MIT
#include "ompq/graph/channel_step.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "ompq/graph/shape_inference.h"

namespace ompq {
namespace {

bool is_standard(const Node& node) {
  return node.domain.empty() || node.domain == "ai.onnx";
}

std::optional<Shape> output_shape(const Graph& graph, const Node& node) {
  const auto output = node.output(0);
  return output ? shape_at_batch(graph.value(*output)) : std::nullopt;
}

/// A Pad that leaves batch and channels alone and adds zeros or copies.
bool pads_positions_only(const Graph& graph, const Node& node) {
  const Constant* amounts = graph.constant_input(node, 1);
  if (amounts == nullptr || node.input(3)) {
    return false;
  }
  const std::vector<std::int64_t> pads = amounts->to_int64();
  const std::size_t rank = pads.size() / 2;
  if (rank < 2 || pads[0] != 0 || pads[1] != 0 || pads[rank] != 0 ||
      pads[rank + 1] != 0) {
    return false;
  }
  if (node.text("mode", "constant") != "constant" || !node.input(2)) {
    return true;
  }
  const Constant* fill = graph.constant_input(node, 2);
  return fill != nullptr && fill->to_double().front() == 0.0;
}

/// A ReduceMean over all positions and nothing else.
bool averages_positions(const Graph& graph, const Node& node, ValueId from) {
  const Constant* axes = graph.constant_input(node, 1);
  const auto shape = shape_at_batch(graph.value(from));
  if (axes == nullptr || !shape || shape->size() < 3) {
    return false;
  }
  const auto rank = static_cast<std::int64_t>(shape->size());
  std::set<std::int64_t> reduced;
  for (const std::int64_t axis : axes->to_int64()) {
    reduced.insert(axis < 0 ? axis + rank : axis);
  }
  return *reduced.begin() == 2 &&
         static_cast<std::int64_t>(reduced.size()) == rank - 2;
}

/// [N, C, ...] to [N, C k, 1 ...]: each channel becomes k neighbours.
std::optional<ChannelSpan> step_over_reshape(
    const Graph& graph, const Node& node, ValueId from, ChannelSpan span) {
  // Two batch sizes tell the batch from a dimension of size 1.
  constexpr std::int64_t kBatch = 3;
  const auto before = shape_at_batch(graph.value(from), kBatch);
  const auto after = shape_at_batch(graph.value(*node.output(0)), kBatch);
  if (!before || !after || before->size() < 2 || after->size() < 2 ||
      before->front() != after->front() || (*before)[1] == 0) {
    return std::nullopt;
  }
  const std::int64_t inner =
      element_count(Shape(before->begin() + 2, before->end()));
  const bool keeps_positions = std::equal(
      before->begin() + 1, before->end(), after->begin() + 1, after->end());
  if (keeps_positions) {
    return span;
  }
  const bool is_flat = (*after)[1] == (*before)[1] * inner;
  return is_flat
             ? std::optional(ChannelSpan{
                   .first = span.first * inner, .count = span.count * inner})
             : std::nullopt;
}

/// Channels of the operands in front move the channels back.
std::optional<ChannelSpan> step_over_concat(
    const Graph& graph, const Node& node, ValueId from, ChannelSpan span) {
  const auto shape = output_shape(graph, node);
  if (!shape || std::count(node.inputs.begin(), node.inputs.end(), from) != 1) {
    return std::nullopt;
  }
  const auto rank = static_cast<std::int64_t>(shape->size());
  const std::int64_t axis = node.integer("axis", 0);
  if ((axis < 0 ? axis + rank : axis) != 1) {
    return std::nullopt;
  }
  for (const auto& operand : node.inputs) {
    if (operand == from) {
      return span;
    }
    const auto size =
        operand ? shape_at_batch(graph.value(*operand)) : std::nullopt;
    if (!size) {
      return std::nullopt;
    }
    span.first += (*size)[1];
  }
  return std::nullopt;
}

}  // namespace

bool is_homogeneous_activation(const Node& node) {
  static const std::set<std::string> kActivations{
      "Relu", "LeakyRelu", "PRelu", "Identity"};
  return is_standard(node) && kActivations.contains(node.op_type);
}

std::optional<float> clip_limit(const Graph& graph, const Node& node) {
  const Constant* low = graph.constant_input(node, 1);
  const Constant* high = graph.constant_input(node, 2);
  if (!is_standard(node) || node.op_type != "Clip" || low == nullptr ||
      high == nullptr || low->size() != 1 || high->size() != 1) {
    return std::nullopt;
  }
  const double limit = high->to_double().front();
  const bool is_usable =
      low->to_double().front() == 0.0 && limit > 0.0 && std::isfinite(limit);
  return is_usable ? std::optional(static_cast<float>(limit)) : std::nullopt;
}

std::optional<ChannelSpan> step_over(
    const Graph& graph, const Node& node, ValueId from, ChannelSpan span) {
  static const std::set<std::string> kPools{
      "AveragePool", "GlobalAveragePool", "GlobalMaxPool"};
  static const std::set<std::string> kReshapes{
      "Flatten", "Reshape", "Squeeze", "Unsqueeze"};
  const std::string& op = node.op_type;
  // A value may also be a slope, an amount or a shape.
  const bool is_data = node.input(0) == from;
  if (!is_standard(node)) {
    return std::nullopt;
  }
  if (op == "Concat") {
    return step_over_concat(graph, node, from, span);
  }
  if (!is_data ||
      std::count(node.inputs.begin(), node.inputs.end(), from) > 1) {
    return std::nullopt;
  }
  if (kReshapes.contains(op)) {
    return step_over_reshape(graph, node, from, span);
  }
  const bool passes =
      is_homogeneous_activation(node) || kPools.contains(op) ||
      (op == "MaxPool" && !node.output(1)) ||
      (op == "Pad" && pads_positions_only(graph, node)) ||
      (op == "ReduceMean" && averages_positions(graph, node, from));
  return passes ? std::optional(span) : std::nullopt;
}

}  // namespace ompq
