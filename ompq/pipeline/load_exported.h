// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// True if the grids of a network lie in a file beside it.
[[nodiscard]] OMPQ_API bool has_encodings(const Graph& graph);

/// Where they lie: `net.encodings` for `net.onnx`.
[[nodiscard]] OMPQ_API std::filesystem::path encodings_file_of(
    const std::filesystem::path& model);

/// What lies beside a network that has_encodings().
///
/// @throws Error{NotFound}     it is missing
/// @throws Error{InvalidFile}  not JSON
[[nodiscard]] OMPQ_API Json
read_encodings_of(const std::filesystem::path& model);

/// As load_model(). A network whose metadata say `ompq.profile` = `encodings`
/// has the quantizers of its activations in a file beside it, of the same name
/// with the ending `.encodings`; they are put into the graph.
///
/// @throws Error{NotFound}  that file is missing
/// @throws as load_model(), apply_encodings()
[[nodiscard]] OMPQ_API PreparedModel load_exported(
    const std::filesystem::path& path, const ShapeOptions& options = {});

/// As load_exported(), with the graph as ONNX Runtime computes it; see
/// to_integer_form(). For running only: there are no layers in it.
///
/// @throws as load_exported()
[[nodiscard]] OMPQ_API PreparedModel load_executed(
    const std::filesystem::path& path, const ShapeOptions& options = {});

}  // namespace ompq
