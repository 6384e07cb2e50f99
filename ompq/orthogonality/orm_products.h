// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "ompq/core/matrix.h"
#include "ompq/orthogonality/centring.h"
#include "ompq/orthogonality/gram.h"

namespace ompq::detail {

/// A Gram matrix with the centring and the factor that make it a unit vector.
struct ScaledGram {
  const GramMatrix* gram = nullptr;
  Centring centring;
  /// 1 / |C|_F.
  double scale = 0.0;
};

/// Inner products between all pairs of unit vectors, scale_i C_i.
///
/// One symmetric matrix product over the lower halves of the C_i, in slices
/// that take 32 MiB at most; pairs of layers that hold features are taken as
/// |F_j^T F_i|_F^2, which is cheaper for them.
///
/// @param layers   all of the same N; all with the same kind of centring
/// @param threads  0 = as many as OpenMP offers
/// @return [L, L] float64, symmetric
[[nodiscard]] Matrix scaled_products(
    std::span<const ScaledGram> layers, int threads);

}  // namespace ompq::detail
