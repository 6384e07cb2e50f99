// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ompq::detail {

/// Where the bytes of a tensor are, if not in the model file.
struct ExternalData {
  /// Path relative to the model's folder.
  std::string location;
  std::int64_t offset = 0;
  /// In bytes; if absent, as many as the tensor needs.
  std::optional<std::int64_t> length;
};

/// Reads the bytes of a tensor from a file in the model's folder.
///
/// @param size_bytes  what the tensor's type and shape need
/// @throws Error{InvalidFile}  the path leads out of `folder` (also through
///                             "..", or a symbolic link), or the file does not
///                             hold the bytes
/// @throws Error{NotFound}     the file does not exist or may not be read
[[nodiscard]] std::vector<std::byte> read_external_data(
    const std::filesystem::path& folder,
    const ExternalData& data,
    std::uint64_t size_bytes);

}  // namespace ompq::detail
