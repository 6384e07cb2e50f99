// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/matrix.h"

namespace ompq {

/// Range to which values are limited: a ReLU is {.low = 0}, a ReLU6
/// {.low = 0, .high = 6}.
struct Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

/// How a Gram matrix is computed; the numbers depend on neither.
struct GramOptions {
  /// Name of the layer, for errors.
  std::string layer = {};
  /// Number of threads; 0 = as many as OpenMP offers.
  int threads = 0;
};

/// All that the orthogonality of a layer needs to know of its features.
///
///   G = F F^T,   F = [N, d]: row n holds the layer's output for sample n
struct GramMatrix {
  /// [N, N] float64, symmetric, uncentred.
  Matrix products;
  /// [N, d] float64, the features themselves, where d is so small that
  /// |F_j^T F_i|_F^2 costs fewer operations than <G_i, G_j>: 2 d^2 <= N + 1.
  /// Empty otherwise.
  Matrix features;

  /// N, the number of samples.
  [[nodiscard]] std::int64_t samples() const { return products.rows(); }
};

/// Gram matrix of N feature rows that may lie in different buffers.
///
/// Only one triangle is computed, in blocks along d that stay in the cache:
/// float32 sums inside a block of 1,024 values, float64 sums across blocks
/// (float64 throughout if d < N). The result does not depend on the number of
/// threads, bit for bit; on processors with other vector units the last digits
/// may differ.
///
/// @param rows  N pointers to d float32 values each, the same order of values
///              in every row (which order does not matter)
/// @param d     number of features, at least 1
/// @throws Error{InvalidArgument}  no rows, or d below 1
/// @throws Error{InvalidData}      a row holds NaN or infinity, or values whose
///                                 squares exceed float32; names the layer and
///                                 the sample
[[nodiscard]] OMPQ_API GramMatrix accumulate_gram(
    std::span<const float* const> rows,
    std::int64_t d,
    const GramOptions& options = {});

/// The same, and limits every value in place to [low, high] once it has been
/// read, while it is in the cache: the activation after a layer costs no pass
/// over memory of its own. The Gram matrix is that of the values before.
///
/// @param rows  as above; the rows must not overlap
/// @throws Error{InvalidArgument}  also if low > high
[[nodiscard]] OMPQ_API GramMatrix accumulate_gram_then_clamp(
    std::span<float* const> rows,
    std::int64_t d,
    Clamp clamp,
    const GramOptions& options = {});

/// Pointers to the rows of a row-major [rows, *] float32 buffer.
///
/// @param row_stride  distance between the starts of two rows, in values
[[nodiscard]] OMPQ_API std::vector<const float*> feature_rows(
    const float* features, std::int64_t rows, std::int64_t row_stride);

/// The same for a buffer that will be changed.
[[nodiscard]] OMPQ_API std::vector<float*> feature_rows(
    float* features, std::int64_t rows, std::int64_t row_stride);

}  // namespace ompq
