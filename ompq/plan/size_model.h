// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Estimates the size of the packed export from above, before the file exists.
///
///   file(b) = fixed_bytes + bytes_per_node x other_nodes + constant_bytes
///           + sum_i layer_i(b_i)
///   layer_i(b) = sum over planes p of b: ceil(weights_i p / 8)
///              + bytes_per_channel O_i + bytes_per_node
///
/// The numbers are bounds that every packed file keeps, so a plan that fits a
/// budget by this model gives a file that does.
struct FileSizeModel {
  /// Header, metadata, model-local functions, inputs and outputs.
  std::int64_t fixed_bytes = 10240;
  /// Scale (float32), zero point (uint8) and bias (float32) per output channel.
  std::int64_t bytes_per_channel = 9;
  /// A node with its names, attributes and value information.
  std::int64_t bytes_per_node = 300;
  /// Nodes of the graph that are not quantizable layers.
  std::int64_t other_nodes = 0;
  /// Constants that stay as they are: weights that are not quantized, shape and
  /// axis tensors, tables; with their names.
  std::int64_t constant_bytes = 0;

  friend bool operator==(const FileSizeModel&, const FileSizeModel&) = default;
};

/// Widths of the bit planes that hold codes of `bits` bits in a packed file:
/// 8 = one plane of whole bytes, below that a sum of 4, 2 and 1 (7 = 4+2+1), so
/// that no code straddles two bytes; above 8 whole bytes and the rest.
///
/// @param bits  [1, 16]
[[nodiscard]] OMPQ_API std::vector<int> bit_planes(int bits);

/// weights x bits of one layer.
[[nodiscard]] OMPQ_API std::int64_t payload_bits(const Layer& layer, int bits);

/// (weights + 2 output channels) x bits: the paper's code counts the two
/// BatchNorm numbers of a channel at the width of the layer.
///
/// @source reference code of the paper; it has neither scales nor zero points
[[nodiscard]] OMPQ_API std::int64_t paper_bits(const Layer& layer, int bits);

/// MACs x weight bits x activation bits; float activations count 32 bits.
[[nodiscard]] OMPQ_API std::int64_t bit_operations(
    const Layer& layer, int weight_bits, std::optional<int> activation_bits);

/// Bytes of one layer in the packed file: planes, channels and its node.
[[nodiscard]] OMPQ_API std::int64_t layer_file_bytes(
    const FileSizeModel& model, const Layer& layer, int bits);

/// Bytes of the packed file that no width changes.
[[nodiscard]] OMPQ_API std::int64_t fixed_file_bytes(
    const FileSizeModel& model);

}  // namespace ompq
