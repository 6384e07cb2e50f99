// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/matrix.h"
#include "ompq/orthogonality/gram.h"

namespace ompq {

/// Which estimate of the orthogonality metric.
enum class OrmKind {
  /// The paper's formula: the Gram matrices as they are. In [0, 1]; needs at
  /// least 2 samples.
  Raw,
  /// The authors' code: Gram matrices centred in rows and columns, which is
  /// linear CKA. In [0, 1]; needs at least 2 samples.
  Centred,
  /// U-centred Gram matrices with a zero diagonal (Szekely and Rizzo), which is
  /// unbiased linear CKA: no upward bias when N is far below d. In [-1, 1],
  /// below 0 by chance for unrelated layers; needs at least 4 samples.
  Unbiased,
};

/// Fewest samples for which the metric is defined: 2, or 4 for Unbiased.
[[nodiscard]] OMPQ_API std::int64_t minimum_samples(OrmKind kind);

/// "raw", "centred" or "unbiased".
[[nodiscard]] OMPQ_API std::string_view to_string(OrmKind kind);

/// Reverse of to_string.
///
/// @throws Error{InvalidArgument}  another text; lists the three
[[nodiscard]] OMPQ_API OrmKind parse_orm_kind(std::string_view text);

/// How the matrix of the metric is computed.
struct OrmOptions {
  OrmKind kind = OrmKind::Raw;
  /// Names of the layers for errors; empty, or one for each layer.
  std::vector<std::string> layer_names = {};
  /// Number of threads; 0 = as many as OpenMP offers. The numbers do not
  /// depend on it.
  int threads = 0;
};

/// Orthogonality metric between all pairs of layers; 0 = orthogonal, 1 =
/// linearly dependent features.
///
///   ORM(i, j) = <C_i, C_j> / (|C_i|_F |C_j|_F)
///   Raw:       C = G
///   Centred:   C = H G H,  H = I - 11^T/N
///   Unbiased:  C_ab = G_ab - r_a - r_b + g  (a != b),  C_aa = 0, with
///              r_a = sum_{b != a} G_ab / (N - 2),
///              g   = sum_{a != b} G_ab / ((N - 1)(N - 2))
///
/// Raw is ||F_j^T F_i||_F^2 / (||F_i^T F_i||_F ||F_j^T F_j||_F), and is taken
/// in that form for pairs of layers with few features. It does not change with
/// the scale of a layer's features, nor with rotations of them, nor with the
/// order of the samples. Post-ReLU features share a large mean, so Raw lies
/// far above Centred.
///
/// @param grams  L Gram matrices over the same N samples in the same order
/// @return [L, L], symmetric, diagonal exactly 1
/// @throws Error{InvalidArgument}  no layer, or too few samples
/// @throws Error{ShapeMismatch}    the numbers of samples differ
/// @throws Error{InvalidData}      a Gram matrix holds NaN or infinity
/// @throws Error{Degenerate}       C is zero to within float32 rounding: the
///                                 layer's output is the same for all samples
///                                 (Raw: zero for all); names the layer
/// @source OMPQ, arXiv 2109.07865, equation 5 (Raw); the authors' code centres.
///         Unbiased: Szekely and Rizzo 2014, as in Nguyen et al. 2021.
[[nodiscard]] OMPQ_API Matrix
orm_matrix(std::span<const GramMatrix> grams, const OrmOptions& options = {});

}  // namespace ompq
