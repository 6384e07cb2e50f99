// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Folds BatchNormalization (inference form) into the layer before it.
///
///   y = gamma (Wx + b - mean) / sqrt(var + epsilon) + beta
///   W' = W s,  b' = (b - mean) s + beta,  s = gamma / sqrt(var + epsilon)
///
/// for Conv, ConvTranspose and Gemm whose only consumer is the normalisation,
/// computed in float64; and BatchNormalization before a Conv where that is
/// exact (no zero padding in between, or a shift of zero). Add and Mul of a
/// constant for each channel behind a layer are folded likewise. What cannot be
/// folded stays.
///
/// @param graph  canonical form with shapes
/// @throws Error{ShapeMismatch}  a parameter's length is not the channel count
[[nodiscard]] OMPQ_API Graph fold_batch_norm(const Graph& graph);

}  // namespace ompq
