// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/layer_table.h"
#include "ompq/reconstruction/reconstruction_options.h"

namespace ompq {

/// @throws Error{InvalidPlan}  another number of layers, or a width that cannot
///                             be realised; names the layer
void check_widths(
    const LayerTable& layers,
    const BitPlan& plan,
    const ReconstructionOptions& options);

/// @throws Error{InvalidData}  no examples, another number of tensors than the
///                             network has inputs, tensors of a micro-batch
///                             that differ in their number of examples
void check_examples(
    const Graph& graph, const std::vector<Tensors>& calibration);

}  // namespace ompq
