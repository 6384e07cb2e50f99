// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// The part of the Gram product that is compiled once for every instruction set
// and chosen at run time. Values of a block are first packed: groups of four
// rows, one vector of each row after the other, padded by zeros to whole groups
// and whole vectors.
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

/// Adds the inner products of four rows and four rows to 16 float64 sums,
/// row-major [4, 4]: sums[4 a + b] += <left_a, right_b>.
///
/// @param length  number of values of a row that were packed
void add_tile(
    const float* left, const float* right, std::int64_t length, double* sums);
void add_tile(
    const double* left, const double* right, std::int64_t length, double* sums);

/// add_tile for left == right: only sums[4 a + b] with b <= a have a meaning.
void add_diagonal_tile(const float* group, std::int64_t length, double* sums);
void add_diagonal_tile(const double* group, std::int64_t length, double* sums);

}  // namespace ompq::detail
