// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "ompq/training/parameters.h"
#include "ompq/training/training_options.h"

namespace torch::optim {
class Optimizer;
}

namespace ompq {

/// libtorch's SGD (Nesterov's momentum where there is momentum) or AdamW over
/// three groups: weights, with decay; biases and normalisations; steps.
[[nodiscard]] std::shared_ptr<torch::optim::Optimizer> make_optimizer(
    const Parameters& parameters, const TrainingOptions& options);

/// Sets the rate of every group; that of all but weights is `step_rate` times
/// as large.
void set_learning_rate(
    torch::optim::Optimizer& optimizer,
    double rate,
    const TrainingOptions& options);

}  // namespace ompq
