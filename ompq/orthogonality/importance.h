// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/matrix.h"

namespace ompq {

/// Dependence of every layer on the others; small = orthogonal = important.
///
///   gamma_i = sum_j ORM(i, j) - 1
///
/// @param orm  [L, L], diagonal 1
/// @return L values in [0, L - 1] (an unbiased ORM may give values below 0)
/// @throws Error{ShapeMismatch}  not square
/// @source OMPQ, arXiv 2109.07865, section 3.3
[[nodiscard]] OMPQ_API std::vector<double> orthogonality_gamma(
    const Matrix& orm);

}  // namespace ompq
