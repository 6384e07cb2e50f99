// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/quantization/quantized_model.h"
#include "ompq/training/trainable_network.h"

namespace ompq {

/// The integers and steps that a network has come to; they belong to its graph.
/// Normalisations are folded exactly: with f = gamma / sqrt(running variance +
/// epsilon), a layer's steps become f s and its bias beta - f mean; where f is
/// negative, codes and zero points are mirrored on their grid.
///
/// @throws Error{InvalidData}  a weight or step is not finite; names it
[[nodiscard]] OMPQ_API QuantizedModel
to_quantized_model(const TrainableNetwork& network);

}  // namespace ompq
