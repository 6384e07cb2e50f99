// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/row_products.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <hwy/aligned_allocator.h>

#include "ompq/orthogonality/blocking.h"
#include "ompq/orthogonality/gram_kernel.h"
#include "ompq/orthogonality/gram_packing.h"
#include "ompq/orthogonality/packed_blocks.h"

namespace ompq::detail {
namespace {

/// Groups of rows whose packed block (256 KiB) stays in the second-level cache
/// while the other groups pass by.
constexpr std::int64_t kPanelGroups = 16;
/// Products of one tile.
constexpr std::int64_t kTileSize = kTileRows * kTileRows;

/// Adds the products of the current block to the tiles.
template <typename T, typename Blocks>
void add_block(
    Blocks& packed,
    const Blocking& blocking,
    std::int64_t length,
    double* tiles) {
  const std::int64_t groups = blocking.groups;
  const std::int64_t needed = blocking.needed_groups;
  for (std::int64_t panel = 0; panel < groups; panel += kPanelGroups) {
    for (std::int64_t i = panel; i < groups; ++i) {
      const T* left = packed.current() + i * kGroupSize<T>;
      const std::int64_t end = std::min({panel + kPanelGroups, i, needed});
      for (std::int64_t j = panel; j < end; ++j) {
        add_tile(
            left,
            packed.current() + j * kGroupSize<T>,
            length,
            packed.advance(),
            tiles + tile_index(i, j) * kTileSize);
      }
      if (i < std::min(panel + kPanelGroups, needed)) {
        add_diagonal_tile(
            left,
            length,
            packed.advance(),
            tiles + tile_index(i, i) * kTileSize);
      }
    }
  }
}

/// Sum of the partial sums, in order, written to both triangles.
Matrix collect(
    const std::vector<double>& tiles, std::int64_t rows, std::int64_t parts) {
  const std::int64_t groups = (rows + kTileRows - 1) / kTileRows;
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

/// The work of one thread: some of the partial sums, one after the other.
template <typename T, typename Blocks>
void add_parts(
    Blocks packed,
    const Blocking& blocking,
    std::int64_t worker,
    double* tiles) {
  const std::int64_t size = tile_index(blocking.groups, 0) * kTileSize;
  const std::int64_t first = worker * blocking.parts / blocking.workers;
  const std::int64_t last = (worker + 1) * blocking.parts / blocking.workers;
  packed.begin(blocking.first_block(first));
  packed.finish();
  for (std::int64_t part = first; part < last; ++part) {
    for (std::int64_t block = blocking.first_block(part);
         block < blocking.first_block(part + 1);
         ++block) {
      const bool is_last = block + 1 == blocking.first_block(last);
      packed.begin(is_last ? blocking.blocks : block + 1);
      add_block<T>(
          packed, blocking, blocking.length_of(block), tiles + part * size);
      packed.finish();
    }
  }
}

template <typename T, typename Row, typename Pack>
Matrix blocked_products(
    std::span<Row* const> rows, const Blocking& blocking, const Pack& pack) {
  const std::int64_t size = tile_index(blocking.groups, 0) * kTileSize;
  // Allocated before the parallel region, where nothing may throw.
  const std::int64_t room = 2 * blocking.groups * kGroupSize<T>;
  const auto packed = hwy::MakeUniqueAlignedArray<T>(
      static_cast<std::size_t>(blocking.workers * room));
  std::vector<double> tiles(
      static_cast<std::size_t>(blocking.parts * size), 0.0);
#pragma omp parallel for schedule(static, 1) num_threads(blocking.workers)
  for (int worker = 0; worker < blocking.workers; ++worker) {
    PackedBlocks<T, Row, Pack> blocks(
        rows, blocking, pack, packed.get() + worker * room);
    add_parts<T>(blocks, blocking, worker, tiles.data());
  }
  return collect(tiles, blocking.rows, blocking.parts);
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
  const std::int64_t count = std::ssize(rows);
  return blocked_products<float>(
      rows,
      blocking_of(count, count, length, kBlockLength<float>, threads),
      kPackOnly);
}

Matrix row_products(
    std::span<const double* const> rows,
    std::int64_t length,
    int threads,
    std::int64_t needed) {
  return blocked_products<double>(
      rows,
      blocking_of(
          std::ssize(rows), needed, length, kBlockLength<double>, threads),
      kPackOnly);
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
  const std::int64_t count = std::ssize(rows);
  return blocked_products<float>(
      rows,
      blocking_of(count, count, length, kBlockLength<float>, threads),
      pack);
}

}  // namespace ompq::detail
