// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/training/trainable_network.h"

namespace ompq {

/// A number that a quantizer learns, relative to its start, with what its
/// gradient is multiplied by:
///
///   1 / sqrt(n q),  n numbers that share the step (of one example, for an
///                   activation), q = codes above the zero point, at least 1
///
/// so that steps move about as fast as weights.
///
/// @source LSQ, arXiv 1902.08153, section 2.2
struct LearnedStep {
  at::Tensor tensor;
  double gradient_factor = 1.0;
  /// What it may be.
  double lowest = 0.0;
  double highest = 0.0;
};

/// Everything that is learned of a network, each tensor once.
struct Parameters {
  Tensors weights;
  /// Biases, and gamma and beta of normalisations.
  Tensors biases;
  std::vector<LearnedStep> steps;
  /// Running means and variances, which no gradient moves.
  Tensors statistics;
};

[[nodiscard]] OMPQ_API Parameters
parameters_of(const TrainableNetwork& network);

/// All tensors of the parameters in a fixed order.
[[nodiscard]] OMPQ_API Tensors all_tensors(const Parameters& parameters);

/// Multiplies the gradients of steps by their factors.
OMPQ_API void scale_gradients(const Parameters& parameters);

/// Moves what an update took out of its limits back: steps stay above a
/// thousandth of their start, zero points on their grid.
OMPQ_API void keep_steps_valid(const Parameters& parameters);

}  // namespace ompq
