// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/layer_measurement.h"
#include "ompq/pipeline/search_options.h"

namespace ompq {

/// The widths to choose from for every layer, and those that rules give it; a
/// plan can then be solved again with other pins. Index = LayerId.
[[nodiscard]] OMPQ_API std::vector<std::vector<int>> all_widths(
    const PreparedModel& model, const SearchOptions& options);

/// Measures what the score of the options needs: orthogonality, errors of all
/// widths that any layer may have, or both. Stages of the observer.
///
/// @param micro_batches  as Network::run takes them; overwritten
/// @throws as measure_orthogonality() and measure_layer_errors()
[[nodiscard]] OMPQ_API LayerMeasurement measure_layers(
    const PreparedModel& model,
    std::vector<Tensors> micro_batches,
    const SearchOptions& options,
    Observer& observer = silent_observer());

}  // namespace ompq
