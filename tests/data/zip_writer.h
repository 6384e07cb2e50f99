// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ompq {

/// A file to pack.
struct ZipInput {
  std::string name;
  std::string contents;
};

/// How write_zip() packs.
struct ZipOptions {
  bool deflate = false;
  /// Write sizes and offsets in ZIP64 fields, as for archives beyond 4 GiB.
  bool zip64 = false;
  std::uint16_t flags = 0;
  std::string comment;
};

/// A ZIP archive.
[[nodiscard]] std::string write_zip(
    const std::vector<ZipInput>& inputs, const ZipOptions& options = {});

}  // namespace ompq
