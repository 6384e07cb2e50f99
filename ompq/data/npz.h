// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/npy.h"
#include "ompq/data/zip_archive.h"

namespace ompq {

/// An .npz file: a ZIP archive of .npy files, as numpy.savez and
/// numpy.savez_compressed write it.
class OMPQ_API NpzFile {
 public:
  /// @throws Error{NotFound, InvalidFile}  as ZipArchive
  explicit NpzFile(const std::filesystem::path& path);

  /// Names of the arrays, in the order of the file.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// The array `name`. Stored arrays stay mapped; compressed ones are unpacked
  /// into memory.
  ///
  /// @throws Error{NotFound}  no such array
  /// @throws Error{InvalidFile, Unsupported}  as read_npy()
  [[nodiscard]] NpyArray read(const std::string& name) const;

 private:
  ZipArchive archive_;
  std::vector<std::string> names_;
};

}  // namespace ompq
