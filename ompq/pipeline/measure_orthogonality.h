// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/feature_values.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/orthogonality/orm.h"
#include "ompq/orthogonality/orthogonality.h"

namespace ompq {

/// What is measured of the layers' functions.
struct OrthogonalityOptions {
  FeatureKind features = FeatureKind::Layer;
  OrmKind kind = OrmKind::Raw;
  /// Random halves of the samples for the interval of gamma; 0 = no interval.
  std::int64_t resamples = 100;
  std::uint64_t seed = 0;
};

/// Runs the samples through the network once and measures ORM and gamma.
///
/// @param micro_batches  as Network::run takes them; overwritten
/// @throws Error{Degenerate}       a layer's output is the same for all
///                                 samples; names the layer
/// @throws Error{InvalidArgument}  fewer samples than the estimator needs
/// @throws as layer_grams()
/// @source OMPQ, arXiv 2109.07865, sections 3.1 to 3.3
[[nodiscard]] OMPQ_API Orthogonality measure_orthogonality(
    const PreparedModel& model,
    std::vector<Tensors> micro_batches,
    const OrthogonalityOptions& options = {},
    Observer& observer = silent_observer());

}  // namespace ompq
