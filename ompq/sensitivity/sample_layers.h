// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/sensitivity/layer_sample.h"

namespace ompq {

/// A sample of what each layer reads, from one pass through the float network;
/// index = LayerId.
///
/// @throws Error{Interrupted}  the observer asked to stop
[[nodiscard]] std::vector<LayerSample> sample_layers(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    Observer& observer);

}  // namespace ompq
