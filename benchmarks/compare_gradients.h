// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// OptimizerInput::plenty_positions for steps of the whole batch.
inline constexpr std::int64_t kAllPositions = std::int64_t{1} << 60;

/// Gradients of one step as optimize_unit() has them, against plain ones on
/// the same examples; nothing is dropped, since random numbers differ.
///
/// @throws Error{InvalidData}  loss or gradients differ; says where
void compare_gradients(
    UnitProblem& unit, const Frontier& frontier, ReconstructionOptions options);

}  // namespace ompq
