// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ompq/core/export.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"
#include "ompq/reconstruction/weight_rows.h"
#include "ompq/sensitivity/output_moments.h"

namespace ompq {

/// Output of a layer with one channel in each column: [positions, channels].
[[nodiscard]] OMPQ_API at::Tensor output_rows(
    const at::Tensor& output, LayerKind kind);

/// A bounded part of what a layer reads: patches at some positions, or, where
/// the layer's output is no product with patches, the inputs of a few examples.
class OMPQ_API LayerSample {
 public:
  LayerSample(const Graph& graph, const Layer& layer);

  /// Takes a part of an input of the layer.
  ///
  /// @param input      float32, with a batch dimension; shares no storage later
  /// @param positions  largest number of output positions to take of it
  void add(const at::Tensor& input, std::int64_t positions);

  /// Moments of the layer's output without its bias, for other weights.
  ///
  /// @param matrices  of weights, [R, K] float32 each, as to_rows() gives
  [[nodiscard]] OutputMoments output_moments(
      const std::vector<at::Tensor>& matrices) const;

  /// What rounding the layer's input to a width changes in the sample:
  /// Q_b(x) - x, with one scale and zero point for all of it.
  [[nodiscard]] LayerSample rounding_of_input(int bits) const;

  /// Output positions to take of a layer altogether, 256 to 1,024: as many as
  /// make a quarter of a million numbers.
  [[nodiscard]] std::int64_t wanted_positions() const;

 private:
  [[nodiscard]] OutputMoments run_moments(
      const std::vector<at::Tensor>& matrices) const;

  const Node* node_;
  LayerKind kind_;
  WeightRows layout_;
  Operator operator_;
  bool has_patches_;
  /// [G, P, K] float32 each; or inputs of the layer.
  Tensors parts_;
  std::int64_t examples_ = 0;
};

}  // namespace ompq
