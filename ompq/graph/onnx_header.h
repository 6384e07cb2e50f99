// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "ompq/core/export.h"

namespace ompq {

/// What an ONNX file says about itself, besides the network.
struct OnnxHeader {
  std::int64_t ir_version = 0;
  std::string producer_name;
  std::string producer_version;
};

/// Reads the header of an ONNX file; the network itself is skipped, so that it
/// takes no time. Fields that a damaged file does not give stay empty.
///
/// @throws Error{NotFound}  the file does not exist or may not be read
[[nodiscard]] OMPQ_API OnnxHeader
read_onnx_header(const std::filesystem::path& path);

}  // namespace ompq
