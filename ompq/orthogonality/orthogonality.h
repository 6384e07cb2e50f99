// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/matrix.h"
#include "ompq/orthogonality/bootstrap.h"

namespace ompq {

/// The orthogonality of the layers of a network.
struct Orthogonality {
  /// [L, L] float64, symmetric, diagonal 1.
  Matrix orm;
  /// gamma_i = sum_j ORM(i, j) - 1; index = LayerId.
  std::vector<double> gamma;
  /// Empty without resamples, or with too few samples for them.
  std::vector<GammaInterval> intervals;
  std::int64_t samples = 0;
};

}  // namespace ompq
