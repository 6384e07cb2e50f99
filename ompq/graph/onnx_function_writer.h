// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/graph/graph.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// A node as a message: names for ids.
[[nodiscard]] onnx::NodeProto node_proto(const Graph& graph, const Node& node);

/// A function as a message: constants are Constant nodes in front, nodes have
/// no names. The same function gives the same bytes.
[[nodiscard]] onnx::FunctionProto function_proto(const Function& function);

}  // namespace ompq::detail
