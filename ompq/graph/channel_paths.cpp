// SPDX-License-Identifier: MIT
#include "ompq/graph/channel_paths.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ompq/graph/channel_step.h"
#include "ompq/graph/fold_into_layer.h"
#include "ompq/graph/weight_layout.h"

namespace ompq {
namespace {

/// Follows the channels of layers through a graph.
class Walk {
 public:
  Walk(const Graph& graph, const LayerTable& layers) : graph_(graph) {
    for (const Layer& layer : layers) {
      const Node& node = graph.node(layer.node);
      const Value& weight = graph.value(*node.input(1));
      const bool is_own = weight.consumers.size() == 1 &&
                          !graph.is_output(weight.id) &&
                          layer.kind != LayerKind::MatMul;
      if (is_own && node.integer("transA", 0) == 0) {
        layouts_.emplace(
            layer.node, WeightLayout(node, weight.constant->shape()));
      }
    }
  }

  /// The path of a layer's channels; nullopt if something else reads them.
  [[nodiscard]] std::optional<ChannelPath> path_of(NodeId layer) const {
    const auto layout = layouts_.find(layer);
    if (layout == layouts_.end() || !has_scalable_bias(graph_.node(layer))) {
      return std::nullopt;
    }
    ChannelPath path{.layer = layer};
    path.channels = layout->second.output_channels();
    path.activation = *graph_.node(layer).output(0);
    while (pass_activation(path)) {
    }
    const bool complete =
        collect_readers(path.activation, ChannelSpan{}, path) &&
        !path.readers.empty();
    return complete ? std::optional(std::move(path)) : std::nullopt;
  }

 private:
  [[nodiscard]] bool has_scalable_bias(const Node& layer) const {
    if (!layer.input(2)) {
      return true;
    }
    const auto channels =
        static_cast<std::size_t>(layouts_.at(layer.id).output_channels());
    const ChannelAffine nothing{
        .scale = std::vector<double>(channels, 1.0),
        .shift = std::vector<double>(channels, 0.0)};
    return fold_behind(graph_, layer, nothing).has_value();
  }

  /// Moves the end of the path over the activation that alone reads it.
  [[nodiscard]] bool pass_activation(ChannelPath& path) const {
    const Value& value = graph_.value(path.activation);
    if (value.consumers.size() != 1 || graph_.is_output(value.id)) {
      return false;
    }
    const Node& next = graph_.node(value.consumers.front());
    const auto limit = clip_limit(graph_, next);
    if (limit && !path.clip && next.input(0) == value.id) {
      path.clip = next.id;
      path.limit = *limit;
    } else if (
        !is_homogeneous_activation(next) ||
        !step_over(graph_, next, value.id, ChannelSpan{})) {
      return false;
    }
    path.activation = *next.output(0);
    return true;
  }

  /// Adds every layer that reads the channels from `value` on; false if some
  /// of them go elsewhere.
  [[nodiscard]] bool collect_readers(
      ValueId value, ChannelSpan span, ChannelPath& path) const {
    if (graph_.is_output(value)) {
      return false;
    }
    const auto& consumers = graph_.value(value).consumers;
    return std::all_of(
        consumers.begin(), consumers.end(), [&](NodeId consumer) {
          return visit(graph_.node(consumer), value, span, path);
        });
  }

  [[nodiscard]] bool visit(
      const Node& node,
      ValueId from,
      ChannelSpan span,
      ChannelPath& path) const {
    const auto layout = layouts_.find(node.id);
    if (layout != layouts_.end()) {
      const bool is_input =
          node.input(0) == from &&
          std::count(node.inputs.begin(), node.inputs.end(), from) == 1;
      const bool fits = span.first + span.count * path.channels <=
                        layout->second.input_channels();
      path.readers.push_back(
          {.node = node.id,
           .first_input = span.first,
           .inputs_per_channel = span.count});
      return is_input && fits;
    }
    const auto next = step_over(graph_, node, from, span);
    return next && collect_readers(*node.output(0), *next, path);
  }

  const Graph& graph_;
  /// Layers whose weights may be changed.
  std::unordered_map<NodeId, WeightLayout> layouts_;
};

}  // namespace

std::vector<ChannelPath> find_channel_paths(
    const Graph& graph, const LayerTable& layers) {
  const Walk walk(graph, layers);
  std::vector<ChannelPath> paths;
  for (const Layer& layer : layers) {
    if (auto path = walk.path_of(layer.node)) {
      paths.push_back(std::move(*path));
    }
  }
  return paths;
}

}  // namespace ompq
