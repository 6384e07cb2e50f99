// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/unit_pieces.h"

namespace ompq::detail {

/// Joins pieces that a single value links and that belong together all the
/// same, as long as they have at most `max_layers` layers:
///
///   - a gate (squeeze-and-excitation) and the layer whose output it scales;
///   - a depthwise convolution and the pointwise ones before and after it; one
///     that stands between two depthwise convolutions goes with the one
///     before, unless only the link to the one after is without activation;
///   - a pointwise convolution that narrows its input and the branches that
///     read nothing else (the squeeze of a fire module).
///
/// @param pieces  in running order
[[nodiscard]] std::vector<Piece> join_pieces(
    const Graph& graph,
    const LayerTable& layers,
    std::vector<Piece> pieces,
    int max_layers);

}  // namespace ompq::detail
