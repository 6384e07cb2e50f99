// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"
#include "ompq/quantization/quantized_model.h"

namespace ompq::detail {

/// A float graph and its quantized layers, each with its bias.
struct GatheredBiases {
  Graph graph;
  QuantizedModel model;
};

/// Brings biases to where integer kernels read them:
///
/// - a layer of the model without a bias gets the one of its node
/// - a MatMul of matrices that has a bias in the model, or whose result only an
///   Add of a constant for each column reads, becomes a Gemm with that bias
///
/// What the network computes stays the same.
[[nodiscard]] GatheredBiases gather_biases(
    const Graph& graph, const QuantizedModel& model);

/// The first of both: layers without a bias get the one of their node.
[[nodiscard]] QuantizedModel with_own_biases(
    const Graph& graph, QuantizedModel model);

}  // namespace ompq::detail
