// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "ompq/graph/channel_affine.h"
#include "ompq/graph/graph.h"

namespace ompq {

/// Weight and bias of a layer that does what it did together with a
/// normalisation beside it.
struct FoldedLayer {
  Constant weight;
  /// [O], one number an output channel.
  Constant bias;
};

/// Folds a normalisation of the layer's output into Conv, ConvTranspose or
/// Gemm (whose factor beta becomes 1):
///
///   W' = W scale,  b' = b scale + shift   for each output channel
///
/// @return nullopt for another operator, a weight or bias that is not constant
///         float32, or a Gemm whose third input is no vector
/// @throws Error{ShapeMismatch}  the numbers of channels differ
[[nodiscard]] std::optional<FoldedLayer> fold_behind(
    const Graph& graph, const Node& layer, const ChannelAffine& affine);

/// Folds a normalisation of the input into a Conv without zero padding:
///
///   W' = W scale,  b' = b + sum over inputs of W shift   for each input
///   channel
///
/// @return nullopt for another operator, or a weight or bias that is not
///         constant float32
/// @throws Error{ShapeMismatch}  the numbers of channels differ
[[nodiscard]] std::optional<FoldedLayer> fold_before(
    const Graph& graph, const Node& layer, const ChannelAffine& affine);

}  // namespace ompq
