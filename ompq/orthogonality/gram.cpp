// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/gram.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/orthogonality/row_products.h"

namespace ompq {
namespace {

void check_shape(std::size_t rows, std::int64_t d, const GramOptions& options) {
  OMPQ_CHECK(
      rows > 0,
      ErrorCode::InvalidArgument,
      "[gram] layer '{}': no feature rows; give at least one sample",
      options.layer);
  OMPQ_CHECK(
      d > 0,
      ErrorCode::InvalidArgument,
      "[gram] layer '{}': {} features per sample; expected at least 1",
      options.layer,
      d);
}

void check_finite(const Matrix& products, const GramOptions& options) {
  for (std::int64_t n = 0; n < products.rows(); ++n) {
    OMPQ_CHECK(
        std::isfinite(products(n, n)),
        ErrorCode::InvalidData,
        "[gram] layer '{}': the output for sample {} holds NaN, infinity or "
        "values too large for float32 sums; check the weights and the "
        "preprocessing",
        options.layer,
        n);
  }
}

/// [N, d] float64 copy of the rows.
Matrix copy_features(std::span<const float* const> rows, std::int64_t d) {
  Matrix features(static_cast<std::int64_t>(rows.size()), d);
  auto to = features.elements().begin();
  for (const float* row : rows) {
    to = std::copy(row, row + d, to);
  }
  return features;
}

/// Few features: float64 throughout costs next to nothing.
GramMatrix small_gram(
    std::span<const float* const> rows,
    std::int64_t d,
    const GramOptions& options) {
  Matrix features = copy_features(rows, d);
  std::vector<const double*> wide_rows(rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    wide_rows[n] = features.elements().data() + n * static_cast<std::size_t>(d);
  }
  GramMatrix gram{
      .products =
          detail::row_products(wide_rows, d, options.threads, std::ssize(rows)),
      .features = {}};
  check_finite(gram.products, options);
  if (2 * d * d <= gram.samples() + 1) {
    gram.features = std::move(features);
  }
  return gram;
}

}  // namespace

GramMatrix accumulate_gram(
    std::span<const float* const> rows,
    std::int64_t d,
    const GramOptions& options) {
  check_shape(rows.size(), d, options);
  if (d < static_cast<std::int64_t>(rows.size())) {
    return small_gram(rows, d, options);
  }
  GramMatrix gram{
      .products = detail::row_products(rows, d, options.threads),
      .features = {}};
  check_finite(gram.products, options);
  return gram;
}

GramMatrix accumulate_gram_then_clamp(
    std::span<float* const> rows,
    std::int64_t d,
    Clamp clamp,
    const GramOptions& options) {
  check_shape(rows.size(), d, options);
  OMPQ_CHECK(
      clamp.low <= clamp.high,
      ErrorCode::InvalidArgument,
      "[gram] layer '{}': clamp from {} to {}; expected low <= high",
      options.layer,
      clamp.low,
      clamp.high);
  if (d < static_cast<std::int64_t>(rows.size())) {
    const std::vector<const float*> read_only(rows.begin(), rows.end());
    GramMatrix gram = small_gram(read_only, d, options);
    for (float* row : rows) {
      std::transform(row, row + d, row, [clamp](float value) {
        return std::min(std::max(value, clamp.low), clamp.high);
      });
    }
    return gram;
  }
  GramMatrix gram{
      .products =
          detail::row_products_then_clamp(rows, d, clamp, options.threads),
      .features = {}};
  check_finite(gram.products, options);
  return gram;
}

std::vector<const float*> feature_rows(
    const float* features, std::int64_t rows, std::int64_t row_stride) {
  std::vector<const float*> pointers(static_cast<std::size_t>(rows));
  for (std::int64_t n = 0; n < rows; ++n) {
    pointers[static_cast<std::size_t>(n)] = features + n * row_stride;
  }
  return pointers;
}

std::vector<float*> feature_rows(
    float* features, std::int64_t rows, std::int64_t row_stride) {
  std::vector<float*> pointers(static_cast<std::size_t>(rows));
  for (std::int64_t n = 0; n < rows; ++n) {
    pointers[static_cast<std::size_t>(n)] = features + n * row_stride;
  }
  return pointers;
}

}  // namespace ompq
