// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"

namespace ompq {

/// What to add to each channel of a bias so that quantization does not shift
/// the mean of the layer's output:
///
///   correction[c] = mean over n, h, w of (float - quantized)[n, c, h, w]
///
/// Differences are taken in float32, where they are as exact as the outputs
/// themselves, and summed in float64, micro-batch by micro-batch; examples
/// count alike, however they are divided into micro-batches.
///
/// @param float_outputs      micro-batches [n, C, ...] float32 of the float
///                           layer
/// @param quantized_outputs  the same of the quantized layer, in its place in
///                           the quantized network: same examples, same order
/// @param channel_axis       axis of the channels; negative counts from the
///                           end (-1 for MatMul)
/// @return float32 [C]
/// @throws Error{ShapeMismatch}  the two differ in number, shape or channels,
///                               or have no such axis
/// @throws Error{InvalidData}    no elements; a mean that is NaN or infinite,
///                               with its channel
/// @source Nagel et al., arXiv 1906.04721, section 4.2 and appendix D
///         (empirical bias correction)
[[nodiscard]] OMPQ_API std::vector<float> bias_correction(
    const Tensors& float_outputs,
    const Tensors& quantized_outputs,
    std::int64_t channel_axis = 1);

}  // namespace ompq
