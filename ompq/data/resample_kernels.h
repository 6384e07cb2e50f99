// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/data/dataset.h"
#include "ompq/data/resample_weights.h"

namespace ompq::detail {

/// Resamples each row of `source` from `first_row` on; fills the pixels of
/// `out`, [rows, weights.size(), 3]. (A kernel: the caller owns the buffer.)
void resample_rows(
    const Image& source,
    std::int64_t first_row,
    const ResampleWeights& weights,
    Image& out);

/// Resamples each column of `source`, whose row 0 is input position
/// weights.input_begin(); fills the pixels of `out`, [weights.size(), width,
/// 3].
void resample_columns(
    const Image& source, const ResampleWeights& weights, Image& out);

}  // namespace ompq::detail
