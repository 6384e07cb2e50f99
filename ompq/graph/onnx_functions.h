// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// The nodes of the model's graph, taken out of it, with every call of a
/// model-local function replaced by the function's nodes. Values and nodes of
/// a function get names that begin with the name of the calling node.
///
/// @throws Error{InvalidModel}  functions that call one another in a circle,
///                              more arguments than parameters
/// @throws Error{Unsupported}   a function written in another operator set
///                              than the model; more than 200,000 nodes
[[nodiscard]] std::vector<onnx::NodeProto> take_inlined_nodes(
    onnx::ModelProto& model);

}  // namespace ompq::detail
