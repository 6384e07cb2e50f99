// SPDX-License-Identifier: MIT
// Activation sites of real networks.
#include <algorithm>
#include <iostream>

#include <gtest/gtest.h>

#include "ompq/graph/activation_sites.h"

#include "tests/graph/site_properties.h"
#include "tests/support/shared_models.h"

namespace ompq {
namespace {

PreparedModel model_named(const std::string& name) {
  return load_shared_model(shared_folder() / "models" / (name + ".onnx"));
}

std::size_t count_of(const Graph& graph, const std::string& op_type) {
  return static_cast<std::size_t>(std::ranges::count_if(
      graph.nodes(),
      [&](const Node& node) { return node.op_type == op_type; }));
}

TEST(ActivationSitesOfModels, AreValidForEveryNetwork) {
  OMPQ_NEEDS_SHARED("models/import");

  for (const auto& file : shared_model_files()) {
    SCOPED_TRACE(file.filename().string());
    const PreparedModel model = load_shared_model(file);
    const LayerTable& layers = model.layers.layers;

    const auto sites = find_activation_sites(model.graph, layers);

    expect_valid_sites(model.graph, layers, sites);
    std::size_t largest = 0;
    for (const ActivationSite& site : sites) {
      EXPECT_FALSE(site.layers.empty())
          << model.graph.value(site.values.front()).name;
      largest = std::max(largest, site.values.size());
    }
    std::cout << file.filename().string() << ": " << layers.size()
              << " layers, " << sites.size() << " sites, " << largest
              << " values in the largest\n";
  }
}

TEST(ActivationSitesOfModels, QuantizeOutputsAsAsked) {
  OMPQ_NEEDS_SHARED("models/import");

  for (const auto& file : shared_model_files()) {
    SCOPED_TRACE(file.filename().string());
    const PreparedModel model = load_shared_model(file);

    const auto sites = find_activation_sites(
        model.graph, model.layers.layers, {.network_outputs = true});

    expect_valid_sites(model.graph, model.layers.layers, sites);
    const auto by_value = sites_by_value(sites);
    for (const ValueId output : model.graph.outputs()) {
      EXPECT_FALSE(sites_behind(model.graph, by_value, output).empty())
          << model.graph.value(output).name;
    }
  }
}

TEST(ActivationSitesOfModels, OfResnetAreInputsOfLayersAndOperandsOfSums) {
  OMPQ_NEEDS_SHARED("models");
  const PreparedModel model = model_named("resnet20_cifar10");

  const auto sites = find_activation_sites(model.graph, model.layers.layers);

  // Each layer reads a value of its own. Of a sum's operands one is read by
  // the next convolution, too. The pooling has a site before it.
  EXPECT_EQ(
      sites.size(),
      model.layers.layers.size() + count_of(model.graph, "Add") + 1);
  EXPECT_TRUE(std::ranges::all_of(
      sites, [](const auto& site) { return site.values.size() == 1; }));
}

TEST(ActivationSitesOfModels, OfSqueezenetAreSharedWhereBranchesMeet) {
  OMPQ_NEEDS_SHARED("models");
  const PreparedModel model = model_named("squeezenet11_imagenet");

  const auto sites = find_activation_sites(model.graph, model.layers.layers);

  EXPECT_EQ(
      static_cast<std::size_t>(std::ranges::count_if(
          sites, [](const auto& site) { return site.values.size() == 2; })),
      count_of(model.graph, "Concat"));
}

}  // namespace
}  // namespace ompq
