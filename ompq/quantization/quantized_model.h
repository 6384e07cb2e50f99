// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ompq/graph/constant.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq {

/// The weights of one layer as integers.
///
///   weight[i] = (codes[i] - zero_points[g]) * scales[g],  g = group of i
///
/// A group is an output channel, or `group_size` consecutive elements along the
/// input axis of one output channel.
struct QuantizedWeight {
  IntegerGrid grid;
  /// Int32 codes in the shape in which the graph holds the weight; a width of
  /// 16 fits as well as one of 2.
  std::vector<std::int32_t> codes;
  Shape shape;
  /// Output axis of `shape`: the one that scales belong to.
  std::int64_t axis = 0;
  /// 0: one group per output channel. Otherwise elements of a group along
  /// `group_axis`; the last group may be shorter.
  std::int64_t group_size = 0;
  std::int64_t group_axis = 0;
  /// [channels] or, in groups, [channels x groups], channel first.
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
};

/// One layer with quantized weights.
struct QuantizedLayer {
  /// Name of the node.
  std::string name;
  QuantizedWeight weight;
  /// float32 [channels]: replaces the node's bias; empty if the node has none
  /// and needs none.
  std::vector<float> bias;
};

/// A value that is quantized where it is computed: every node that reads it
/// reads the quantized numbers.
struct QuantizedActivation {
  /// Name of the value in the prepared graph.
  std::string value;
  IntegerGrid grid;
  AffineParameters parameters;
};

/// Everything quantization decided about a network. With the prepared graph it
/// is the quantized network; see to_qdq_graph().
struct QuantizedModel {
  /// Quantized layers in graph order; layers that stay float are missing.
  std::vector<QuantizedLayer> layers;
  /// In the order in which the values are computed; one per value.
  std::vector<QuantizedActivation> activations;
};

}  // namespace ompq
