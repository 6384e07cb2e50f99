// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include "ompq/core/export.h"

namespace ompq {

/// Writes a file so that it appears whole or not at all: the bytes go to a
/// temporary file in the same folder, are flushed to the disk, and the file is
/// renamed over `path`.
///
/// @throws Error{OutputFailed}  folder missing, not writable, or disk full; the
///                              temporary file is removed and `path` untouched
OMPQ_API void write_file_atomically(
    const std::filesystem::path& path, std::string_view bytes);

}  // namespace ompq
