// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/evaluation.h"
#include "ompq/pipeline/network_input.h"

namespace ompq {

/// Runs the network on every image and counts hits. The first output is taken
/// as the scores, [N, classes] after dimensions of size 1 are dropped.
///
/// @throws Error{InvalidData}   the dataset has no labels, or a label outside
///                              the network's classes; names the image
/// @throws Error{Unsupported}   the first output is not one score per class
/// @throws Error{Interrupted}   the observer asked to stop
[[nodiscard]] OMPQ_API Evaluation evaluate(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const InputOptions& options = {},
    Observer& observer = silent_observer());

}  // namespace ompq
