// SPDX-License-Identifier: MIT
#include "ompq/export/redundant_limits.h"

#include <limits>
#include <optional>
#include <utility>

#include "ompq/graph/graph_builder.h"

namespace ompq::detail {
namespace {

/// Codes of one byte with one zero point.
struct ByteCodes {
  std::int64_t lowest = 0;
  std::int64_t highest = 255;
  std::int64_t zero_point = 0;
};

std::optional<ByteCodes> codes_of(const Graph& graph, const Node& quantizer) {
  const Constant* zero_point = graph.constant_input(quantizer, 2);
  if (zero_point == nullptr || zero_point->size() != 1) {
    return std::nullopt;
  }
  const std::int64_t number = zero_point->to_int64().front();
  switch (zero_point->type()) {
    case DataType::UInt8:
      return ByteCodes{.zero_point = number};
    case DataType::Int8:
      return ByteCodes{.lowest = -128, .highest = 127, .zero_point = number};
    default:
      return std::nullopt;
  }
}

/// A limit of a Clip; absent if it is not constant.
std::optional<float> limit_of(
    const Graph& graph, const Node& node, std::size_t index, float otherwise) {
  if (!node.input(index)) {
    return otherwise;
  }
  const Constant* limit = graph.constant_input(node, index);
  return limit != nullptr && limit->type() == DataType::Float32 &&
                 limit->size() == 1
             ? std::optional(limit->elements<float>().front())
             : std::nullopt;
}

bool repeats_clip(
    const Graph& graph,
    const Node& clip,
    const Node& quantizer,
    const ByteCodes& codes) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  constexpr float kEpsilon = std::numeric_limits<float>::epsilon();
  const auto low = limit_of(graph, clip, 1, -kLargest);
  const auto high = limit_of(graph, clip, 2, kLargest);
  const Constant* scale = graph.constant_input(quantizer, 1);
  if (!low || !high || scale == nullptr || scale->size() != 1 ||
      scale->type() != DataType::Float32) {
    return false;
  }
  const float step = scale->elements<float>().front();
  const float lower =
      step * static_cast<float>(codes.lowest - codes.zero_point);
  const float upper =
      step * static_cast<float>(codes.highest - codes.zero_point);
  return *low - lower <= kEpsilon && upper - *high <= kEpsilon;
}

bool is_redundant(const Graph& graph, const Node& node) {
  const bool limits = node.op_type == "Relu" || node.op_type == "Clip";
  if (!limits || !node.domain.empty()) {
    return false;
  }
  const Value& result = graph.value(*node.output(0));
  if (result.consumers.size() != 1 || graph.is_output(result.id)) {
    return false;
  }
  const Node& reader = graph.node(result.consumers.front());
  const auto codes = reader.op_type == "QuantizeLinear"
                         ? codes_of(graph, reader)
                         : std::nullopt;
  if (!codes) {
    return false;
  }
  return node.op_type == "Relu" ? codes->zero_point == codes->lowest
                                : repeats_clip(graph, node, reader, *codes);
}

}  // namespace

Graph without_redundant_limits(const Graph& graph) {
  GraphBuilder builder(graph);
  bool is_changed = false;
  for (const Node& node : graph.nodes()) {
    if (is_redundant(graph, node)) {
      builder.replace_uses(
          graph.value(*node.output(0)).name, graph.value(*node.input(0)).name);
      builder.remove_node(node.name);
      is_changed = true;
    }
  }
  Graph result = std::move(builder).build();
  // A Clip may stand before the Relu that is gone now.
  return is_changed ? without_redundant_limits(result) : result;
}

}  // namespace ompq::detail
