// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/data/batch_loader.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocessing.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// How examples become micro-batches.
struct InputOptions {
  /// Examples that run through the network together; 0 = as many as keep the
  /// largest value in the processor's cache, see automatic_micro_batch().
  std::int64_t micro_batch = 0;
  /// Threads that decode; at least 1.
  int threads = 2;
  /// Leave damaged examples out with a warning.
  bool skip_bad = false;
  /// Batches decoded ahead.
  std::int64_t prefetch = 2;
};

/// Shape of one example of the network's only input, without the batch.
///
/// @throws Error{Unsupported}   the network has several inputs, or one that is
///                              not float32
/// @throws Error{InvalidModel}  the input has no batch dimension
[[nodiscard]] OMPQ_API Shape example_shape(const PreparedModel& model);

/// Examples per run that keep the largest value of the network near 8 MiB, from
/// 1 to 64: the next layer then finds it in the cache.
[[nodiscard]] OMPQ_API std::int64_t automatic_micro_batch(
    const PreparedModel& model);

/// Examples per run: `wanted` (0 = automatic), or the network's own number if
/// its file fixes one.
[[nodiscard]] OMPQ_API std::int64_t micro_batch_for(
    const PreparedModel& model, std::int64_t wanted);

/// A loader that prepares batches for this network.
[[nodiscard]] OMPQ_API std::unique_ptr<BatchLoader> open_batches(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const InputOptions& options,
    Observer& observer);

/// The batch as the network's input [count, ...] float32; shares its memory.
[[nodiscard]] OMPQ_API Tensors
to_inputs(const Batch& batch, const Shape& example);

}  // namespace ompq
