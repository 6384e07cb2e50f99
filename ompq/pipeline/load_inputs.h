// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "ompq/core/observer.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/network_input.h"

namespace ompq {

/// Examples in memory.
struct LoadedExamples {
  /// For each micro-batch the network's input, {[n, ...]} float32.
  std::vector<Tensors> micro_batches;
  /// Class of each example; empty if the data have no labels.
  std::vector<std::int64_t> labels;
};

/// As load_inputs(), with labels; without the examples that are skipped.
[[nodiscard]] LoadedExamples load_examples(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    InputOptions options,
    Observer& observer);

/// Decodes every example and keeps all of them in memory, in micro-batches of
/// 16 unless the options or the network say otherwise.
///
/// @return for each micro-batch the network's input, {[n, ...]} float32
[[nodiscard]] std::vector<Tensors> load_inputs(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    InputOptions options,
    Observer& observer);

}  // namespace ompq
