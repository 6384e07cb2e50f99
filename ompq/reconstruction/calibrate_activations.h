// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/engine/operator.h"
#include "ompq/graph/activation_sites.h"
#include "ompq/graph/graph.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/quantization/quantized_model.h"
#include "ompq/reconstruction/reconstruction_options.h"

namespace ompq {

/// A quantized value and which others share its scale.
struct CalibratedActivation {
  QuantizedActivation activation;
  /// Position of its site; values of one site have one scale.
  std::size_t site = 0;
};

/// Scales and zero points of all quantized activations, from the float network:
/// one pass over the calibration data, a histogram for each site.
///
/// The width of a site is the widest activation_bits of its layers, see
/// ActivationSite::bits(); a site without layers (the end of the network) takes
/// 8 bits. A site whose layers
/// all read float activations is left out.
///
/// @param calibration  micro-batches; not changed
/// @throws Error{InvalidData}  an activation is NaN or infinite; names value
///                             and node
[[nodiscard]] OMPQ_API std::vector<CalibratedActivation> calibrate_activations(
    const Graph& graph,
    const std::vector<ActivationSite>& sites,
    const BitPlan& plan,
    const std::vector<Tensors>& calibration,
    const ReconstructionOptions& options,
    Observer& observer);

}  // namespace ompq
