// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/row_products.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <hwy/aligned_allocator.h>
#include <omp.h>

#include "ompq/orthogonality/gram_kernel.h"

namespace ompq::detail {
namespace {

/// Groups of rows whose packed block (256 KiB) stays in the second-level cache
/// while the other groups pass by.
constexpr std::int64_t kPanelGroups = 16;
/// Products of one tile.
constexpr std::int64_t kTileSize = kTileRows * kTileRows;

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// Position of the tile (row, column), column <= row, in a lower triangle.
constexpr std::int64_t tile_index(std::int64_t row, std::int64_t column) {
  return row * (row + 1) / 2 + column;
}

/// Number of partial sums. It may depend on the shape only: the order of the
/// additions, and with it the last bits, must not depend on the threads.
std::int64_t partial_sums(std::int64_t groups, std::int64_t blocks) {
  const std::int64_t most = groups <= 32 ? 32 : 16;
  return std::min(blocks, most);
}

/// Adds the products of one packed block to the tiles; those between two groups
/// from `needed` on are left out.
template <typename T>
void add_block(
    const T* packed,
    std::int64_t groups,
    std::int64_t needed,
    std::int64_t length,
    double* tiles) {
  for (std::int64_t panel = 0; panel < groups; panel += kPanelGroups) {
    for (std::int64_t i = panel; i < groups; ++i) {
      const T* left = packed + i * kGroupSize<T>;
      const std::int64_t end = std::min({panel + kPanelGroups, i, needed});
      for (std::int64_t j = panel; j < end; ++j) {
        const T* right = packed + j * kGroupSize<T>;
        add_tile(left, right, length, tiles + tile_index(i, j) * kTileSize);
      }
      if (i < std::min(panel + kPanelGroups, needed)) {
        add_diagonal_tile(left, length, tiles + tile_index(i, i) * kTileSize);
      }
    }
  }
}

/// The rows of group g; null past the last.
template <typename T>
RowGroup<T> row_group(std::span<T* const> rows, std::int64_t g) {
  RowGroup<T> group;
  const auto count = static_cast<std::int64_t>(rows.size());
  for (std::int64_t r = g * kTileRows; r < std::min((g + 1) * kTileRows, count);
       ++r) {
    group.row[r % kTileRows] = rows[static_cast<std::size_t>(r)];
  }
  return group;
}

/// Sum of the partial sums, in order, written to both triangles.
Matrix collect(
    const std::vector<double>& tiles, std::int64_t rows, std::int64_t parts) {
  const std::int64_t groups = divide_up(rows, kTileRows);
  const std::int64_t size = tile_index(groups, 0) * kTileSize;
  Matrix products(rows, rows);
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      const std::int64_t at =
          tile_index(i / kTileRows, j / kTileRows) * kTileSize +
          i % kTileRows * kTileRows + j % kTileRows;
      double sum = 0.0;
      for (std::int64_t part = 0; part < parts; ++part) {
        sum += tiles[static_cast<std::size_t>(part * size + at)];
      }
      products(i, j) = sum;
      products(j, i) = sum;
    }
  }
  return products;
}

/// @param pack  pack(group, begin, length, packed)
template <typename T, typename Row, typename Pack>
Matrix blocked_products(
    std::span<Row* const> rows,
    std::int64_t length,
    int threads,
    std::int64_t needed,
    const Pack& pack) {
  const auto count = static_cast<std::int64_t>(rows.size());
  const std::int64_t groups = divide_up(count, kTileRows);
  const std::int64_t needed_groups = divide_up(needed, kTileRows);
  const std::int64_t blocks = divide_up(length, kBlockLength<T>);
  const std::int64_t parts = partial_sums(groups, blocks);
  const std::int64_t size = tile_index(groups, 0) * kTileSize;
  const std::int64_t wanted = threads > 0 ? threads : omp_get_max_threads();
  const int workers = static_cast<int>(std::min(wanted, parts));
  // One allocation before the parallel region, where it may throw.
  const std::int64_t room = groups * kGroupSize<T>;
  const auto packed =
      hwy::MakeUniqueAlignedArray<T>(static_cast<std::size_t>(workers * room));
  std::vector<double> tiles(static_cast<std::size_t>(parts * size), 0.0);

#pragma omp parallel for schedule(dynamic, 1) num_threads(workers)
  for (std::int64_t part = 0; part < parts; ++part) {
    T* mine = packed.get() + omp_get_thread_num() * room;
    const std::int64_t end = (part + 1) * blocks / parts;
    for (std::int64_t b = part * blocks / parts; b < end; ++b) {
      const std::int64_t begin = b * kBlockLength<T>;
      const std::int64_t used = std::min(kBlockLength<T>, length - begin);
      for (std::int64_t g = 0; g < groups; ++g) {
        pack(row_group(rows, g), begin, used, mine + g * kGroupSize<T>);
      }
      add_block(mine, groups, needed_groups, used, tiles.data() + part * size);
    }
  }
  return collect(tiles, count, parts);
}

/// Packs without changing the rows.
constexpr auto kPackOnly = [](const auto& group,
                              std::int64_t begin,
                              std::int64_t length,
                              auto* packed) {
  pack_group(group, begin, length, packed);
};

}  // namespace

Matrix row_products(
    std::span<const float* const> rows, std::int64_t length, int threads) {
  return blocked_products<float>(
      rows, length, threads, std::ssize(rows), kPackOnly);
}

Matrix row_products(
    std::span<const double* const> rows,
    std::int64_t length,
    int threads,
    std::int64_t needed) {
  return blocked_products<double>(rows, length, threads, needed, kPackOnly);
}

Matrix row_products_then_clamp(
    std::span<float* const> rows,
    std::int64_t length,
    Clamp clamp,
    int threads) {
  const auto pack = [clamp](
                        const RowGroup<float>& group,
                        std::int64_t begin,
                        std::int64_t used,
                        float* packed) {
    pack_group_then_clamp(group, begin, used, clamp.low, clamp.high, packed);
  };
  return blocked_products<float>(rows, length, threads, std::ssize(rows), pack);
}

}  // namespace ompq::detail
