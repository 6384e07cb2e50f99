// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"
#include "ompq/graph/onnx_file.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// The graph as a model: nodes and values in the graph's order.
///
/// @throws Error{Unsupported}  the weights alone exceed 2 GB
[[nodiscard]] onnx::ModelProto model_from_graph(
    const Graph& graph, const OnnxWriteOptions& options = {});

}  // namespace ompq::detail
