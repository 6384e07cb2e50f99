// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/graph_builder.h"
#include "ompq/graph/weight_layout.h"

namespace ompq {

/// A layer whose channels are being multiplied by factors:
///
///   W' = W output_factor input_factor,  b' = b output_factor
///
/// Only the largest magnitude of each kernel window is looked at while factors
/// change; the weights themselves are multiplied once, at the end.
class ScaledLayer {
 public:
  /// @param layer  Conv, ConvTranspose or Gemm with a constant float32 weight
  ScaledLayer(const Graph& graph, const Node& layer);

  /// max |W'| over the weights of each output, or input, channel.
  [[nodiscard]] std::vector<double> output_ranges() const;
  [[nodiscard]] std::vector<double> input_ranges() const;

  void scale_output(std::int64_t channel, double factor);
  void scale_input(std::int64_t channel, double factor);

  /// True if each output channel reads one input channel only.
  [[nodiscard]] bool is_depthwise() const { return is_depthwise_; }

  /// Puts the multiplied weight and bias into a copy of the graph.
  void apply(const Graph& graph, GraphBuilder& builder) const;

 private:
  [[nodiscard]] double magnitude(std::int64_t row, std::int64_t column) const;

  NodeId layer_;
  WeightLayout layout_;
  bool is_depthwise_ = false;
  /// [rows x columns] of the layout.
  std::vector<float> magnitudes_;
  std::vector<double> output_factors_;
  std::vector<double> input_factors_;
};

}  // namespace ompq
