// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/matrix.h"
#include "ompq/orthogonality/orm.h"

namespace ompq::detail {

/// What turns a Gram matrix G into the matrix C of the metric (see
/// orm_matrix):
///
///   C_ab = G_ab - row[a] - row[b] + grand,   C_aa = 0 if Unbiased
struct Centring {
  OrmKind kind = OrmKind::Raw;
  std::vector<double> row;
  double grand = 0.0;

  [[nodiscard]] double at(
      const Matrix& gram, std::int64_t a, std::int64_t b) const {
    if (kind == OrmKind::Unbiased && a == b) {
      return 0.0;
    }
    return gram(a, b) - row[static_cast<std::size_t>(a)] -
           row[static_cast<std::size_t>(b)] + grand;
  }
};

/// @param gram  [N, N], N at least minimum_samples(kind)
[[nodiscard]] Centring centring_of(const Matrix& gram, OrmKind kind);

/// Frobenius norm of the centred matrix; 0 where it is below 1e-6 of that of
/// the Gram matrix, which float32 rounding of constant features can produce.
[[nodiscard]] double centred_norm(const Matrix& gram, const Centring& centring);

}  // namespace ompq::detail
