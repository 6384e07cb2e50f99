// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/layer_table.h"
#include "ompq/plan/size_model.h"

namespace ompq {

/// What is known of a packed file before anything is quantized.
struct PackedSizeOptions {
  /// Every width that a layer may get.
  std::vector<int> weight_bits;
  /// Width of the activations; one that is not 8 or 16 takes most. Absent: they
  /// stay float.
  std::optional<int> activation_bits = 8;
  ActivationSiteOptions sites;
  /// Inputs of Gemm and MatMul that share a scale; 0 = all.
  std::int64_t group_size = 0;
};

/// The size model of a network's packed file, measured: the file is made with
/// scales, zero points and biases for every channel and a quantizer for every
/// site, but without weights. Nothing that quantization may do makes it larger.
///
/// @param graph   canonical form with shapes, in which the layers were found
/// @param layers  the layers that will be quantized
[[nodiscard]] OMPQ_API FileSizeModel packed_size_model(
    const Graph& graph,
    const LayerTable& layers,
    const PackedSizeOptions& options);

}  // namespace ompq
