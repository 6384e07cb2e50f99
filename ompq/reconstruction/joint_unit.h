// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/units.h"
#include "ompq/plan/layer_table.h"
#include "ompq/quantization/quantized_model.h"
#include "ompq/reconstruction/calibrate_activations.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// All nodes and layers of a network as one unit.
[[nodiscard]] Unit whole_network(const Graph& graph, const LayerTable& layers);

/// What the units of a network found, in the order in which make_unit() puts
/// the layers and activations of whole_network().
///
/// @param model  of all units; activations of the network's inputs, which no
///               unit computes, are left out
[[nodiscard]] UnitResult joined_units(
    const Graph& graph,
    const LayerTable& layers,
    const std::vector<CalibratedActivation>& activations,
    const QuantizedModel& model);

}  // namespace ompq
