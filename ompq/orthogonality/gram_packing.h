// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// Brings a block of rows into the order in which the kernel reads it: groups of
// four rows, one vector of each row after the other, padded by zeros to whole
// groups and whole vectors. Rows in memory may be a power of two apart, where
// all of them compete for the same few lines of the cache; packed ones do not.
namespace ompq::detail {

/// Rows of one tile of products.
inline constexpr std::int64_t kTileRows = 4;

/// Values of a row that are multiplied at a time: 4 KiB. A group of four rows
/// is 16 KiB and stays in the first-level cache while others pass by; the
/// float32 sums have few terms.
template <typename T>
inline constexpr std::int64_t kBlockLength =
    4096 / static_cast<std::int64_t>(sizeof(T));

/// Size of a packed group of four rows, in values.
template <typename T>
inline constexpr std::int64_t kGroupSize = kTileRows* kBlockLength<T>;

/// Four rows, or fewer at the end: the others are null.
template <typename T>
struct RowGroup {
  T* row[kTileRows] = {};
};

/// Packs `length` <= kBlockLength values of each row, from `begin` on.
///
/// @param packed  room for kGroupSize values, aligned to 64 bytes
void pack_group(
    const RowGroup<const float>& group,
    std::int64_t begin,
    std::int64_t length,
    float* packed);
void pack_group(
    const RowGroup<const double>& group,
    std::int64_t begin,
    std::int64_t length,
    double* packed);

/// The same, and limits the values of the rows (not the packed ones) to
/// [low, high]; NaN stays NaN or becomes a limit.
void pack_group_then_clamp(
    const RowGroup<float>& group,
    std::int64_t begin,
    std::int64_t length,
    float low,
    float high,
    float* packed);

}  // namespace ompq::detail
