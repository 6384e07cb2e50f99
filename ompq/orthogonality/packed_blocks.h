// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "ompq/orthogonality/blocking.h"
#include "ompq/orthogonality/gram_kernel.h"
#include "ompq/orthogonality/gram_packing.h"

namespace ompq::detail {

/// The rows of group g; null past the last.
template <typename T>
[[nodiscard]] RowGroup<T> row_group(std::span<T* const> rows, std::int64_t g) {
  RowGroup<T> group;
  const auto count = static_cast<std::int64_t>(rows.size());
  for (std::int64_t r = g * kTileRows; r < std::min((g + 1) * kTileRows, count);
       ++r) {
    group.row[r % kTileRows] = rows[static_cast<std::size_t>(r)];
  }
  return group;
}

/// Packed blocks of all rows, one being multiplied, the next being packed.
///
/// While the tiles of one block are computed, the rows of the next travel from
/// memory, and are packed group by group: only a few KiB of the rows are in the
/// cache at a time, which matters where rows lie a power of two apart and
/// compete for the same lines.
///
/// @tparam Pack  pack(group, begin, length, packed)
template <typename T, typename Row, typename Pack>
class PackedBlocks {
 public:
  /// @param packed  room for twice all groups
  PackedBlocks(
      std::span<Row* const> rows,
      const Blocking& blocking,
      const Pack& pack,
      T* packed)
      : rows_(rows),
        blocking_(blocking),
        pack_(pack),
        current_(packed),
        next_(packed + blocking.groups * kGroupSize<T>) {
    const std::int64_t tiles_per_group =
        tile_index(blocking.groups, 0) / blocking.groups;
    pieces_per_row_ = std::max<std::int64_t>(1, tiles_per_group / kTileRows);
    pieces_per_group_ = std::min(tiles_per_group, kTileRows * pieces_per_row_);
  }

  [[nodiscard]] const T* current() const { return current_; }

  /// Begins to bring in a block; past the last, nothing.
  void begin(std::int64_t block) {
    begin_ = block * blocking_.block_length;
    length_ = blocking_.length_of(block);
    packed_groups_ = 0;
    piece_ = 0;
  }

  /// To be called before every tile: packs a group that has arrived, and
  /// returns what should be read from memory meanwhile.
  [[nodiscard]] ReadAhead advance() {
    if (length_ == 0 || packed_groups_ == blocking_.groups ||
        pieces_per_group_ == 0) {
      return {};
    }
    if (piece_ == pieces_per_group_) {
      pack_next_group();
      piece_ = 0;
    }
    const std::int64_t row =
        packed_groups_ * kTileRows + piece_ / pieces_per_row_;
    if (row >= blocking_.rows) {
      return {};
    }
    const std::int64_t size = length_ / pieces_per_row_;
    const std::int64_t at = begin_ + piece_ % pieces_per_row_ * size;
    ++piece_;
    return {
        .begin = rows_[static_cast<std::size_t>(row)] + at,
        .bytes = size * static_cast<std::int64_t>(sizeof(T))};
  }

  /// Packs what is left of the block and makes it the current one.
  void finish() {
    while (length_ > 0 && packed_groups_ < blocking_.groups) {
      pack_next_group();
    }
    std::swap(current_, next_);
  }

 private:
  void pack_next_group() {
    pack_(
        row_group(rows_, packed_groups_),
        begin_,
        length_,
        next_ + packed_groups_ * kGroupSize<T>);
    ++packed_groups_;
  }

  std::span<Row* const> rows_;
  const Blocking& blocking_;
  const Pack& pack_;
  T* current_;
  T* next_;
  std::int64_t pieces_per_row_ = 1;
  std::int64_t pieces_per_group_ = 0;
  std::int64_t begin_ = 0;
  std::int64_t length_ = 0;
  std::int64_t packed_groups_ = 0;
  std::int64_t piece_ = 0;
};

}  // namespace ompq::detail
