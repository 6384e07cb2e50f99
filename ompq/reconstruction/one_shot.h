// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/reconstruction/effort.h"
#include "ompq/reconstruction/frontier.h"
#include "ompq/reconstruction/unit_problem.h"

namespace ompq {

/// Scale options of a layer.
[[nodiscard]] RowScaleOptions scale_options(
    const UnitLayer& layer, const ReconstructionOptions& options);

/// Rounds the layers of a unit one after the other, each for what the
/// quantized layers before it feed it: round_second_order() where the layer's
/// output is a product with patches of its input; other layers, and all if the
/// options do not want it, keep what they are rounded to. Biases are corrected
/// if the options say so: by the means of the patches, or of the outputs.
///
/// @param examples  groups of the frontier per micro-batch
/// @throws Error{Degenerate}  names the layer
void round_one_shot(
    UnitProblem& unit,
    const Frontier& frontier,
    const ReconstructionOptions& options,
    const EffortSettings& effort,
    std::int64_t examples);

}  // namespace ompq
