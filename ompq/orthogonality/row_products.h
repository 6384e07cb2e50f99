// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "ompq/core/matrix.h"
#include "ompq/orthogonality/gram.h"

namespace ompq::detail {

/// All inner products between rows, P = R R^T, in blocks along the rows.
///
/// The blocks are shared out to a fixed number of partial sums, which threads
/// take in any order and which are added up in one fixed order: the result is
/// the same for any number of threads, bit for bit.
///
/// @param rows     N pointers to `length` values each
/// @param threads  0 = as many as OpenMP offers
/// @param needed   products between two rows from this one on may be left out
///                 (their value is then unspecified)
/// @return [N, N] float64, symmetric
[[nodiscard]] Matrix row_products(
    std::span<const float* const> rows, std::int64_t length, int threads);
[[nodiscard]] Matrix row_products(
    std::span<const double* const> rows,
    std::int64_t length,
    int threads,
    std::int64_t needed);

/// The same; the rows are limited in place after they were read.
[[nodiscard]] Matrix row_products_then_clamp(
    std::span<float* const> rows,
    std::int64_t length,
    Clamp clamp,
    int threads);

}  // namespace ompq::detail
