// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/graph/graph.h"

#include "examples/bundled/network_graph.h"
#include "examples/bundled/residual_network.h"

namespace ompq::example {

/// Parameters and statistics by name; the tensors share the network's memory.
[[nodiscard]] NetworkState state_of(const ResidualNetwork& network);

/// Replaces parameters and statistics by those of a graph that network_graph()
/// made.
///
/// @throws Error{InvalidModel}  a constant is missing
void load_state(ResidualNetwork& network, const Graph& graph);

/// Number of weights of convolutions and classifier.
[[nodiscard]] std::int64_t weight_count(const ResidualNetwork& network);

/// Which synthetic test images.
struct TestOptions {
  std::int64_t images = 10'000;
  std::int64_t batch = 64;
  std::uint64_t seed = 1;
};

/// Share of the test images that are recognised, in percent.
[[nodiscard]] double test_accuracy(
    ResidualNetwork& network, const TestOptions& options);

/// test_accuracy() with all weights rounded to nearest: to 8 bits in the first
/// and the last layer, to `bits` elsewhere. The network is left as it was.
[[nodiscard]] double rounded_accuracy(
    ResidualNetwork& network, int bits, const TestOptions& options);

}  // namespace ompq::example
