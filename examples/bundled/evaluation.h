// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/graph/graph.h"

#include "examples/bundled/network_graph.h"

namespace ompq::example {

/// Which test images.
struct TestOptions {
  std::int64_t images = 10'000;
  std::int64_t batch = 250;
  std::uint64_t seed = 1;
};

/// What network_graph() wrote.
///
/// @param like  a state with the same names and shapes
/// @throws Error{InvalidModel}  a constant of the network is missing
[[nodiscard]] NetworkState read_state(
    const Graph& graph, const NetworkState& like);

/// Number of weights of convolutions and the classifier.
[[nodiscard]] std::int64_t weight_count(const NetworkState& state);

/// Share of test images whose class has the highest score, in per cent.
[[nodiscard]] double test_accuracy(
    const NetworkState& state, const TestOptions& options);

/// The same with weights rounded to nearest, first and last layer to 8 bits.
[[nodiscard]] double rounded_accuracy(
    const NetworkState& state, int bits, const TestOptions& options);

}  // namespace ompq::example
