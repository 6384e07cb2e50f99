// SPDX-License-Identifier: MIT
#include "ompq/training/training_loss.h"

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

at::Tensor divergence(
    const at::Tensor& scores, const at::Tensor& teacher, double temperature) {
  const at::Tensor student = at::log_softmax(scores / temperature, 1);
  const at::Tensor target = at::log_softmax(teacher / temperature, 1);
  const double factor =
      temperature * temperature / static_cast<double>(scores.size(0));
  return at::kl_div(student, target, at::Reduction::Sum, true) * factor;
}

}  // namespace

at::Tensor training_loss(
    const at::Tensor& scores,
    const Targets& targets,
    const TrainingOptions& options) {
  const bool has_labels = targets.labels.defined();
  const bool has_teacher = targets.teacher.defined();
  OMPQ_CHECK(
      has_labels || has_teacher,
      ErrorCode::InvalidArgument,
      "[train] neither labels nor a network to learn from");
  const double share = !has_teacher  ? 0.0
                       : !has_labels ? 1.0
                                     : options.distillation;
  at::Tensor loss;
  if (share < 1.0) {
    loss = at::cross_entropy_loss(
               scores,
               targets.labels,
               {},
               at::Reduction::Mean,
               -100,
               options.label_smoothing) *
           (1.0 - share);
  }
  if (share > 0.0) {
    const at::Tensor distilled =
        divergence(scores, targets.teacher, options.temperature) * share;
    loss = loss.defined() ? loss + distilled : distilled;
  }
  return loss;
}

}  // namespace ompq
