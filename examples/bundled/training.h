// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "examples/bundled/network_graph.h"

namespace ompq::example {

/// How the network is trained.
struct ExampleTraining {
  /// Each is seen once.
  std::int64_t images = 160'000;
  /// Images of a step.
  std::int64_t batch = 64;
  /// Largest learning rate, reached after 5 % of the steps.
  double learning_rate = 0.004;
  double weight_decay = 0.02;
  /// Seed of the images.
  std::uint64_t seed = 1;
};

/// The state after training in float by ompq's own Trainer, on synthetic images
/// that are all different, so that nothing can be learnt by heart. Prints the
/// loss to stderr every 50 steps.
///
/// AdamW rather than SGD: in a trial with 25,600 images (slightly easier ones),
/// learning rate annealed to 0, AdamW came to 51 %, SGD with momentum to 31 %.
[[nodiscard]] NetworkState train(
    const NetworkState& start, const ExampleTraining& options);

}  // namespace ompq::example
