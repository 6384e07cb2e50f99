// SPDX-License-Identifier: MIT
#include "ompq/graph/activation_sites.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "ompq/graph/quantized_flow.h"

namespace ompq {
namespace {

using detail::QuantizedFlow;

/// Values that are on one grid, as disjoint sets.
class Grids {
 public:
  Grids(const Graph& graph, const QuantizedFlow& flow)
      : parent_(graph.values().size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    for (const Node& node : graph.nodes()) {
      if (flow.hands_on[node.id.index()]) {
        unite_around(node, flow);
      }
    }
  }

  /// The same number for all values of a grid.
  [[nodiscard]] std::size_t number(ValueId id) const {
    std::size_t root = id.index();
    while (parent_[root] != root) {
      root = parent_[root];
    }
    return root;
  }

 private:
  void unite_around(const Node& node, const QuantizedFlow& flow) {
    for (const auto& output : node.outputs) {
      if (!output || !flow.is_quantized[output->index()]) {
        continue;
      }
      unite(*node.input(0), *output);
      for (const auto& input : node.inputs) {
        if (node.op_type == "Concat") {
          unite(*input, *output);
        }
      }
    }
  }

  void unite(ValueId a, ValueId b) {
    const std::size_t first = number(a);
    const std::size_t second = number(b);
    parent_[std::max(first, second)] = std::min(first, second);
  }

  std::vector<std::size_t> parent_;
};

/// Looks for the layers that read values.
class LayersDownstream {
 public:
  LayersDownstream(
      const Graph& graph, const LayerTable& layers, const QuantizedFlow& flow)
      : graph_(graph), flow_(flow) {
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layer_at_.emplace(layers[i].node, LayerId(static_cast<std::int64_t>(i)));
    }
  }

  /// Fills in which layers read the values' numbers or, if there are none,
  /// which read what the first other nodes make of them, and so on.
  void find_layers(ActivationSite& site) const {
    const std::vector<ValueId>& values = site.values;
    std::set<LayerId> layers;
    std::set<ValueId> seen(values.begin(), values.end());
    std::vector<ValueId> here = values;
    int rounds = 0;
    for (; layers.empty() && !here.empty(); ++rounds) {
      std::vector<ValueId> beyond;
      // Grows while it is read: what keeps the numbers is looked at now.
      for (std::size_t i = 0; i < here.size(); ++i) {
        const ValueId value = here[i];
        for (const NodeId reader : graph_.value(value).consumers) {
          if (const auto layer = layer_that_reads(reader, value)) {
            layers.insert(*layer);
            continue;
          }
          std::vector<ValueId>& next =
              flow_.hands_on[reader.index()] ? here : beyond;
          for (const auto& output : graph_.node(reader).outputs) {
            if (output && seen.insert(*output).second) {
              next.push_back(*output);
            }
          }
        }
      }
      here = std::move(beyond);
    }
    site.layers.assign(layers.begin(), layers.end());
    site.is_read_by_layers = rounds == 1 && !layers.empty();
  }

 private:
  [[nodiscard]] std::optional<LayerId> layer_that_reads(
      NodeId node, ValueId value) const {
    const auto found = layer_at_.find(node);
    const bool is_data = graph_.node(node).input(0) == value;
    return found != layer_at_.end() && is_data ? std::optional(found->second)
                                               : std::nullopt;
  }

  const Graph& graph_;
  const QuantizedFlow& flow_;
  std::map<NodeId, LayerId> layer_at_;
};

/// True if the value's numbers appear here, not at a value before it.
bool is_first(const Value& value, const QuantizedFlow& flow) {
  return flow.is_quantized[value.id.index()] &&
         !(value.producer && flow.hands_on[value.producer->index()]);
}

}  // namespace

std::vector<ActivationSite> find_activation_sites(
    const Graph& graph,
    const LayerTable& layers,
    const ActivationSiteOptions& options) {
  const QuantizedFlow flow =
      detail::find_quantized_flow(graph, layers, options);
  const Grids grids(graph, flow);
  const LayersDownstream downstream(graph, layers, flow);
  std::map<std::size_t, std::size_t> site_of_grid;
  std::vector<ActivationSite> sites;
  for (const Value& value : graph.values()) {
    if (!is_first(value, flow)) {
      continue;
    }
    const auto [found, is_new] =
        site_of_grid.emplace(grids.number(value.id), sites.size());
    if (is_new) {
      sites.emplace_back();
    }
    sites[found->second].values.push_back(value.id);
  }
  for (ActivationSite& site : sites) {
    downstream.find_layers(site);
  }
  return sites;
}

}  // namespace ompq
