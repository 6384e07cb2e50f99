// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"

namespace ompq {

/// Copies that a run may overwrite.
///
/// @param micro_batches  as Network::run takes them
/// @param samples        how many of the first samples; absent = all
[[nodiscard]] OMPQ_API std::vector<Tensors> copy_micro_batches(
    const std::vector<Tensors>& micro_batches,
    std::optional<std::int64_t> samples = std::nullopt);

/// Samples in all micro-batches.
[[nodiscard]] OMPQ_API std::int64_t count_samples(
    const std::vector<Tensors>& micro_batches);

}  // namespace ompq
