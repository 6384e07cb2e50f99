// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/graph.h"
#include "ompq/graph/graph_builder.h"

namespace ompq {

/// Puts a Relu in the place of a Clip from 0; the upper limit goes.
void replace_clip_by_relu(
    const Graph& graph, const Node& clip, GraphBuilder& builder);

/// Puts Relu and Min in the place of a Clip from 0:
///
///   y[n, c, ...] = min(max(x[n, c, ...], 0), limits[c])
///
/// ONNX has no Clip with a limit for each channel.
///
/// @param limits  [C]; axis 1 of the clipped value, whose rank is known
void limit_per_channel(
    const Graph& graph,
    const Node& clip,
    const std::vector<float>& limits,
    GraphBuilder& builder);

}  // namespace ompq
