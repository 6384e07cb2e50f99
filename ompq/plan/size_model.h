// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// Size of the packed file before it exists, from above:
///
///   file(b) = fixed_bytes + sum_i layer_i(b_i)
///   layer_i(b) = sum over planes p of b: ceil(weights_i p / 8)
///                                        + bytes_per_plane
///
/// A plan that fits a budget by this model gives a file that does; what is left
/// is a few bytes per layer. packed_size_model() measures it on the network.
struct FileSizeModel {
  /// Everything that no width changes: nodes, names, scales, zero points,
  /// biases, quantizers, functions, constants, metadata.
  std::int64_t fixed_bytes = 0;
  /// What a bit plane takes besides its bits: name, type, lengths, and its
  /// place among the inputs of a node.
  std::int64_t bytes_per_plane = 40;

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

/// Bytes of one layer's planes in the packed file.
[[nodiscard]] OMPQ_API std::int64_t layer_file_bytes(
    const FileSizeModel& model, const Layer& layer, int bits);

}  // namespace ompq
