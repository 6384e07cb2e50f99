// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

#include "ompq/core/units.h"

namespace ompq {

/// The bytes of a model file and what identifies it.
struct ModelFile {
  std::string bytes;
  /// SHA-256 of the file and, in the order of their names, of the external
  /// data files it refers to, in hexadecimal.
  std::string hash;
  /// Size of the file with its external data.
  Bytes size;
};

/// Reads a model file. External data that cannot be read are left out; reading
/// the tensors will report them.
///
/// @throws Error{NotFound}  no such file, or it may not be read
[[nodiscard]] ModelFile read_model_file(const std::filesystem::path& path);

}  // namespace ompq
