// SPDX-License-Identifier: MIT
#include "ompq/pipeline/activation_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <optional>
#include <utility>

#include "ompq/graph/live_tensors.h"
#include "ompq/graph/number_keeping.h"

namespace ompq {
namespace {

/// What is in memory at one moment, in elements x width.
struct Moment {
  NodeId node;
  /// Bits of tensors whose width nothing changes.
  std::int64_t fixed = 0;
  /// Elements of tensors that have the activation width of a layer, and of
  /// those that have at least kOperandBits; index = LayerId.
  std::vector<std::int64_t> elements;
  std::vector<std::int64_t> operands;
};

/// What gives each value its width, if anything; index = ValueId.
using WidthSites = std::vector<const ActivationSite*>;

WidthSites width_sites(
    const Graph& graph, const std::vector<ActivationSite>& sites) {
  WidthSites result(graph.values().size(), nullptr);
  for (const ActivationSite& site : sites) {
    for (const ValueId value : site.values) {
      if (!site.layers.empty()) {
        result[value.index()] = &site;
      }
    }
  }
  for (const Node& node : graph.nodes()) {
    const bool keeps =
        node.op_type == "Concat" || detail::keeps_numbers(graph, node);
    const std::optional<ValueId> input = node.input(0);
    for (const std::optional<ValueId>& output : node.outputs) {
      if (keeps && input && output && !result[output->index()]) {
        result[output->index()] = result[input->index()];
      }
    }
  }
  return result;
}

std::int64_t type_bits(const Value& value) {
  return value.type == DataType::Undefined ? kFloatBits
                                           : bits_per_element(value.type);
}

std::vector<Moment> moments_of(
    const Graph& graph,
    std::size_t layers,
    const std::vector<ActivationSite>& sites) {
  const LiveTensors live = find_live_tensors(graph);
  const WidthSites widths = width_sites(graph, sites);
  std::vector<Moment> moments;
  for (const LiveMoment& each : live.moments) {
    Moment moment{
        .node = each.node,
        .elements = std::vector<std::int64_t>(layers, 0),
        .operands = std::vector<std::int64_t>(layers, 0)};
    for (const std::size_t index : each.buffers) {
      const Buffer& buffer = live.buffers[index];
      // The last value of a chain is the one that is kept.
      const ValueId kept = buffer.values.back();
      if (const ActivationSite* site = widths[kept.index()]) {
        (site->is_read_by_layers
             ? moment.elements
             : moment.operands)[site->layers.front().index()] +=
            buffer.elements;
      } else {
        moment.fixed += buffer.elements * type_bits(graph.value(kept));
      }
    }
    moments.push_back(std::move(moment));
  }
  return moments;
}

/// True if `a` never takes more than `b`.
bool is_within(const Moment& a, const Moment& b) {
  return a.fixed <= b.fixed &&
         std::ranges::equal(a.elements, b.elements, std::less_equal<>{}) &&
         std::ranges::equal(a.operands, b.operands, std::less_equal<>{});
}

std::vector<Moment> without_smaller(std::vector<Moment> moments) {
  std::vector<Moment> kept;
  for (Moment& moment : moments) {
    if (std::ranges::any_of(kept, [&](const Moment& other) {
          return is_within(moment, other);
        })) {
      continue;
    }
    std::erase_if(
        kept, [&](const Moment& other) { return is_within(other, moment); });
    kept.push_back(std::move(moment));
  }
  return kept;
}

std::vector<CostRow> memory_rows(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options,
    bool with_weights) {
  const auto sites = find_activation_sites(graph, layers, options);
  std::vector<std::int64_t> weights(layers.size(), 0);
  for (std::size_t i = 0; with_weights && i < layers.size(); ++i) {
    weights[i] = layers[i].weights;
  }
  std::vector<CostRow> rows;
  for (Moment& moment :
       without_smaller(moments_of(graph, layers.size(), sites))) {
    rows.push_back(
        {.place = graph.node(moment.node).name,
         .fixed = moment.fixed,
         .cost = [elements = std::move(moment.elements),
                  operands = std::move(moment.operands),
                  weights](std::size_t layer, const LayerBits& bits) {
           const int width = bits.activation_bits.value_or(kFloatBits);
           return elements[layer] * width +
                  operands[layer] * std::max(width, kOperandBits) +
                  weights[layer] * bits.weight_bits;
         }});
  }
  return rows;
}

}  // namespace

std::vector<CostRow> activation_memory_rows(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options) {
  return memory_rows(graph, layers, options, false);
}

std::vector<CostRow> total_memory_rows(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options) {
  return memory_rows(graph, layers, options, true);
}

std::vector<int> activation_groups(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options) {
  std::vector<int> group(layers.size());
  std::iota(group.begin(), group.end(), 0);
  for (const ActivationSite& site :
       find_activation_sites(graph, layers, options)) {
    for (const LayerId layer : site.layers) {
      const int from = group[layer.index()];
      const int to = group[site.layers.front().index()];
      std::ranges::replace(group, from, to);
    }
  }
  for (const int one : std::vector<int>(group)) {
    if (std::ranges::count(group, one) == 1) {
      std::ranges::replace(group, one, -1);
    }
  }
  const bool is_free = std::ranges::count(group, -1) == std::ssize(group);
  return is_free ? std::vector<int>{} : group;
}

}  // namespace ompq
