// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/calibrate_activations.h"

#include <map>
#include <string>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "ompq/core/observer.h"

#include "tests/graph/sketch.h"

namespace ompq {
namespace {

/// Bits of each quantized value of a block with a shortcut.
std::map<std::string, int> calibrated_bits(std::optional<int> wanted) {
  Sketch sketch;
  sketch.input("x")
      .conv("a", "x")
      .conv("b", "a")
      .node("Add", "sum", {"b", "a"})
      .conv("c", "sum")
      .output("c");
  const Graph graph = sketch.build();
  const LayerTable layers = find_quantizable_layers(graph).layers;
  Observer observer;
  std::map<std::string, int> bits;
  for (const CalibratedActivation& each : calibrate_activations(
           graph,
           find_activation_sites(graph, layers),
           uniform_plan(layers.size(), 8, wanted),
           {{at::ones({1, 8, 8, 8})}},
           {},
           observer)) {
    bits[each.activation.value] = each.activation.grid.bits;
  }
  return bits;
}

TEST(CalibrateActivations, GivesWhatIsOnlyAddedAByte) {
  using Bits = std::map<std::string, int>;

  EXPECT_EQ(
      calibrated_bits(3), (Bits{{"x", 3}, {"a", 3}, {"b", 8}, {"sum", 3}}));
  EXPECT_EQ(
      calibrated_bits(10),
      (Bits{{"x", 10}, {"a", 10}, {"b", 10}, {"sum", 10}}));
  EXPECT_EQ(calibrated_bits(std::nullopt), Bits());
}

}  // namespace
}  // namespace ompq
