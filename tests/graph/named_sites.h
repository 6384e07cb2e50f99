// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "ompq/graph/activation_sites.h"
#include "ompq/graph/quantizable_layers.h"

namespace ompq {

/// A site in names: values and layers.
struct NamedSite {
  std::vector<std::string> values;
  std::vector<std::string> layers;

  friend bool operator==(const NamedSite&, const NamedSite&) = default;
};

inline void PrintTo(const NamedSite& site, std::ostream* stream) {
  for (const std::string& value : site.values) {
    *stream << value << " ";
  }
  *stream << "->";
  for (const std::string& layer : site.layers) {
    *stream << " " << layer;
  }
}

using NamedSites = std::vector<NamedSite>;

inline NamedSites sites_of(
    const Graph& graph, const ActivationSiteOptions& options = {}) {
  const LayerTable layers = find_quantizable_layers(graph).layers;
  NamedSites named;
  for (const ActivationSite& site :
       find_activation_sites(graph, layers, options)) {
    named.emplace_back();
    for (const ValueId value : site.values) {
      named.back().values.push_back(graph.value(value).name);
    }
    for (const LayerId layer : site.layers) {
      named.back().layers.push_back(layers[layer.index()].name);
    }
  }
  return named;
}

inline const std::map<std::string, Attribute> kAlongChannels{
    {"axis", std::int64_t{1}}};

}  // namespace ompq
