// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/feature_values.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/orthogonality/gram.h"

namespace ompq {

/// One Gram matrix per quantizable layer, G_i = f_i f_i^T over all samples.
///
/// The network runs layer by layer for all samples; each Gram matrix is taken
/// as soon as the layer's output exists, together with the ReLU or Clip that
/// follows it, and the output is freed after its last use: features are never
/// kept.
///
/// @param model          with at least one quantizable layer
/// @param features       which value stands for a layer
/// @param micro_batches  the samples, as Network::run takes them; overwritten
/// @return index = LayerId; layers that share a feature value share numbers
/// @throws Error{InvalidData}   features that are NaN or infinite; names the
///                              layer and the sample
/// @throws Error{Unsupported}   a layer's output has no batch dimension
/// @throws Error{Interrupted}   the observer asked to stop
[[nodiscard]] OMPQ_API std::vector<GramMatrix> layer_grams(
    const PreparedModel& model,
    FeatureKind features,
    std::vector<Tensors> micro_batches,
    Observer& observer = silent_observer());

}  // namespace ompq
