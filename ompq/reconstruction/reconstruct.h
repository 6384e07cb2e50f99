// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/reconstruction/reconstruction_options.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// A quantized network and how it came about.
struct Reconstruction {
  /// The float graph that the integers belong to: the model's graph, with its
  /// channels equalized if that helped.
  Graph graph;
  QuantizedModel model;
  std::vector<UnitReport> units;
  std::vector<LayerReport> layers;
};

/// Quantizes a network: calibrates the activations, then goes through its units
/// in order. Float and quantized activations of all calibration examples move
/// along, so that the cost is linear in depth; each unit is optimised so that
/// on the quantized input it gives what the float unit gives on the float one.
///
/// Repeatable: the same arguments, thread count and machine give the same bits,
/// whether or not units come from the store.
///
/// @param plan         widths; a layer with activation_bits absent reads float
/// @param calibration  micro-batches of network inputs, each {[n, ...]}
/// @param store        asked for every unit first, told every result
/// @throws Error{InvalidPlan}  a width that cannot be realised; names the layer
/// @throws Error{InvalidData}  an activation is NaN or infinite; names value
///                             and node
/// @throws Error{Interrupted}  the observer asked to stop
[[nodiscard]] OMPQ_API Reconstruction reconstruct(
    const PreparedModel& model,
    const BitPlan& plan,
    std::vector<Tensors> calibration,
    const ReconstructionOptions& options,
    UnitStore& store,
    Observer& observer = silent_observer());

}  // namespace ompq
