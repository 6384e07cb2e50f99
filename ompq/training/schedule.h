// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/core/export.h"
#include "ompq/training/training_options.h"

namespace ompq {

/// Learning rate of a step. With t = (step + 1/2) / steps_per_epoch epochs done
/// of E, and warm-up w:
///
///   rate = learning_rate min(1, t / w) fall(t)
///   Cosine:   fall = (1 + cos(pi t / E)) / 2
///   Step:     fall = decay^(number of milestones <= t)
///   Constant: fall = 1
///
/// @param step  counts from 0
/// @source cosine: SGDR, arXiv 1608.03983, without restarts
[[nodiscard]] OMPQ_API double learning_rate_at(
    const TrainingOptions& options,
    std::int64_t step,
    std::int64_t steps_per_epoch);

}  // namespace ompq
