// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/run_options.h"

namespace ompq {

/// The input shapes that the options give.
///
/// @throws Error{InvalidArgument}  two shapes for one input
[[nodiscard]] OMPQ_API ShapeOptions shape_options(const ModelOptions& options);

/// Loads the model that the options name, with the input shapes they give and
/// the quantizers that lie beside it; see load_exported().
///
/// @throws as load_exported()
[[nodiscard]] OMPQ_API PreparedModel open_model(const ModelOptions& options);

/// The same network as ONNX Runtime computes it, for running only; see
/// load_executed().
///
/// @throws as load_exported()
[[nodiscard]] OMPQ_API PreparedModel
open_executed_model(const ModelOptions& options);

}  // namespace ompq
