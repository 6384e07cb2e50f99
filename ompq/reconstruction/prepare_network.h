// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/reconstruction/reconstruction_options.h"

namespace ompq {

/// The float network as it is quantized: ranges of channels equalized if the
/// options ask for it, a bias of its own for every layer that can add one.
/// Layers keep their names and their order.
[[nodiscard]] OMPQ_API PreparedModel prepare_network(
    const PreparedModel& model,
    const std::vector<Tensors>& calibration,
    const ReconstructionOptions& options);

}  // namespace ompq
