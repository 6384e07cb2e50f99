// SPDX-License-Identifier: MIT
#pragma once

#include <random>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"

namespace ompq {

/// A loss whose gradients have the Fisher information of the network's output
/// as their second moment; needs no labels. Summed over examples:
///
///   [n, classes]  -log p(label), the label drawn from p; p is the softmax of
///                 the output, or the output itself if it is one already
///   any other     sum of the elements with random signs: the likelihood of
///                 normal distributions of variance 1
///
/// Draws one number for each example, or for each element; the same for any
/// split into micro-batches of a network with one output.
[[nodiscard]] OMPQ_API at::Tensor sampled_loss(
    const at::Tensor& output, std::mt19937_64& random);

/// True if an output is scores of classes: [n, C], C > 1.
[[nodiscard]] OMPQ_API bool is_class_scores(const at::Tensor& output);

/// log p of scores of classes: of their softmax, or of the scores themselves if
/// every row is a distribution (probabilities below 1e-12 count as that).
///
/// @param output  [n, C]
[[nodiscard]] OMPQ_API at::Tensor log_probabilities(const at::Tensor& output);

}  // namespace ompq
