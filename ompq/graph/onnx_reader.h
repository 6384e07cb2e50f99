// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "ompq/graph/graph.h"
#include "ompq/graph/onnx_proto.h"

namespace ompq::detail {

/// The graph of a model, whose tensors are moved out.
///
/// @param folder  holds external data
/// @throws as read_onnx, with messages that do not name the file
[[nodiscard]] Graph graph_from_model(
    onnx::ModelProto& model, const std::filesystem::path& folder);

}  // namespace ompq::detail
