// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

// The multiplications of the Gram product, compiled once for every instruction
// set and chosen at run time.
namespace ompq::detail {

/// Memory that will be wanted soon: a tile asks for it line by line, so that it
/// arrives while the tile is computed.
struct ReadAhead {
  /// May be null: nothing.
  const void* begin = nullptr;
  std::int64_t bytes = 0;
};

/// Adds the inner products of four rows and four rows to 16 float64 sums,
/// row-major [4, 4]: sums[4 a + b] += <left_a, right_b>.
///
/// @param left    a packed group of rows, see gram_packing.h
/// @param ahead   what the caller will read next
/// @param length  number of values of a row that were packed
void add_tile(
    const float* left,
    const float* right,
    std::int64_t length,
    ReadAhead ahead,
    double* sums);
void add_tile(
    const double* left,
    const double* right,
    std::int64_t length,
    ReadAhead ahead,
    double* sums);

/// add_tile for left == right: only sums[4 a + b] with b <= a have a meaning.
void add_diagonal_tile(
    const float* group, std::int64_t length, ReadAhead ahead, double* sums);
void add_diagonal_tile(
    const double* group, std::int64_t length, ReadAhead ahead, double* sums);

}  // namespace ompq::detail
