// SPDX-License-Identifier: MIT
#pragma once

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/training/training_options.h"

namespace ompq {

/// What a step is trained towards.
struct Targets {
  /// [N] int64, or undefined.
  at::Tensor labels;
  /// Scores of the float network, [N, classes] float32, or undefined.
  at::Tensor teacher;
};

/// Mean loss of a batch:
///
///   (1 - d) CE + d T^2 KL(softmax(teacher / T) || softmax(scores / T))
///   CE = -sum_k ((1 - e) [k = label] + e / classes) log softmax(scores)_k
///
/// with d = distillation, T = temperature, e = label_smoothing. Without labels
/// d is 1; without a teacher 0.
///
/// @param scores  [N, classes] float32
/// @throws Error{InvalidArgument}  neither labels nor a teacher
/// @source distillation: arXiv 1503.02531; smoothing: arXiv 1512.00567
[[nodiscard]] OMPQ_API at::Tensor training_loss(
    const at::Tensor& scores,
    const Targets& targets,
    const TrainingOptions& options);

}  // namespace ompq
