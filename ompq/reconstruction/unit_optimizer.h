// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// One gradient step between the pass backwards and Adam, to be looked at.
struct GradientStep {
  /// Examples of the batch.
  const std::vector<std::int64_t>& groups;
  double loss = 0.0;
  /// What the unit computed with; the tensors hold their gradients.
  const UnitTensors& tensors;
};

/// What one unit is optimised with besides the options.
struct OptimizerInput {
  /// Gradient steps.
  int iterations = 0;
  /// First step of Adam for the codes, in integers.
  double code_rate = 4e-3;
  /// Positions of the first output in a batch beyond which a step takes fewer
  /// examples than the options say, since more help little.
  std::int64_t plenty_positions = 16384;
  /// Called in every gradient step, before variables move.
  std::function<void(const GradientStep&)> after_gradients;
  /// Called after every gradient step.
  std::function<void()> after_step;
};

/// Learns codes, scales and biases of the unit's layers and the scales of its
/// activations together, by Adam:
///
///   minimise  sum_o mean w_c (unit(mixed inputs)_o - float outputs_o)^2 / var
///
/// Inputs and activations stay float with the drop probability (QDrop); rates
/// fall along half a cosine. `unit` begins with rounded layers and ends with
/// better ones.
///
/// @throws Error{Interrupted}  the observer asked to stop
/// @source BRECQ, arXiv 2102.05426, equation 10; QDrop, arXiv 2203.05740;
///         scales learned together with the rounding as in Genie-M, arXiv
///         2212.04780. Departs in straight-through codes of any distance
///         instead of a choice of two, which suits a second-order start.
OMPQ_API void optimize_unit(
    UnitProblem& unit,
    const Frontier& frontier,
    const ReconstructionOptions& options,
    const OptimizerInput& input,
    Observer& observer);

}  // namespace ompq
