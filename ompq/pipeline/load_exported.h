// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// As load_model(). A network whose metadata say `ompq.profile` = `encodings`
/// has the quantizers of its activations in a file beside it, of the same name
/// with the ending `.encodings`; they are put into the graph.
///
/// @throws Error{NotFound}  that file is missing
/// @throws as load_model(), apply_encodings()
[[nodiscard]] OMPQ_API PreparedModel load_exported(
    const std::filesystem::path& path, const ShapeOptions& options = {});

}  // namespace ompq
