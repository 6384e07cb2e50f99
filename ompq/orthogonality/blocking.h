// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

namespace ompq::detail {

/// Position of the tile (row, column), column <= row, in a lower triangle.
constexpr std::int64_t tile_index(std::int64_t row, std::int64_t column) {
  return row * (row + 1) / 2 + column;
}

/// How a product of rows with themselves is cut up: into groups of rows, blocks
/// along the rows, and partial sums over consecutive blocks.
struct Blocking {
  std::int64_t rows = 0;
  std::int64_t groups = 0;
  /// Products between two groups from this one on are left out.
  std::int64_t needed_groups = 0;
  std::int64_t length = 0;
  std::int64_t block_length = 0;
  std::int64_t blocks = 0;
  /// Number of partial sums. It depends on the shape only: the order of the
  /// additions, and with it the last bits, must not depend on the threads.
  std::int64_t parts = 0;
  int workers = 1;

  /// First block of a partial sum.
  [[nodiscard]] std::int64_t first_block(std::int64_t part) const {
    return part * blocks / parts;
  }
  /// Number of values of a block; 0 past the last.
  [[nodiscard]] std::int64_t length_of(std::int64_t block) const {
    return std::clamp<std::int64_t>(
        length - block * block_length, 0, block_length);
  }
};

/// @param needed        products between two rows from this one on are left out
/// @param block_length  values of a row in a block
/// @param threads       0 = as many as OpenMP offers
[[nodiscard]] Blocking blocking_of(
    std::int64_t rows,
    std::int64_t needed,
    std::int64_t length,
    std::int64_t block_length,
    int threads);

}  // namespace ompq::detail
