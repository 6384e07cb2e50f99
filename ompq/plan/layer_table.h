// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/ids.h"

namespace ompq {

/// Operation of a quantizable layer.
enum class LayerKind { Conv, ConvTranspose, Gemm, MatMul };

/// Name as ONNX spells it: "Conv", "ConvTranspose", "Gemm", "MatMul".
[[nodiscard]] OMPQ_API std::string_view to_string(LayerKind kind);

/// One quantizable layer: an operation with a constant weight.
struct Layer {
  /// Name of the ONNX node; unique.
  std::string name;
  LayerKind kind = LayerKind::Conv;
  /// The node in the prepared graph.
  NodeId node;
  /// Name of the weight's value in the graph.
  std::string weight_name;
  /// Shape of the weight as stored: Conv [O, I/G, K...], ConvTranspose
  /// [I, O/G, K...], Gemm [K, N] or [N, K], MatMul [..., K, N].
  std::vector<std::int64_t> weight_shape;
  /// Number of weights; biases are not counted.
  std::int64_t weights = 0;
  /// Number of output channels: scales of a per-channel quantizer.
  std::int64_t output_channels = 0;
  /// True if a constant bias is added by the node itself.
  bool has_bias = false;
  /// Multiply-accumulates for one sample at the model's input size; 0 if the
  /// shapes are not known.
  std::int64_t macs = 0;
};

/// The quantizable layers in graph order; index = LayerId.
using LayerTable = std::vector<Layer>;

/// Sum of the weights of all layers.
[[nodiscard]] OMPQ_API std::int64_t total_weights(const LayerTable& layers);

/// Sum of the multiply-accumulates of all layers.
[[nodiscard]] OMPQ_API std::int64_t total_macs(const LayerTable& layers);

}  // namespace ompq
