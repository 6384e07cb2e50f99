// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// A whole file in memory.
///
/// @throws Error{NotFound}     no such file, a folder, or it may not be read
/// @throws Error{InvalidFile}  reading failed halfway
[[nodiscard]] OMPQ_API std::vector<std::uint8_t> read_bytes(
    const std::filesystem::path& path);

/// A file mapped into memory, read-only: pages are loaded when touched, so a
/// large file costs nothing until its parts are used.
class OMPQ_API MappedFile {
 public:
  /// @throws Error{NotFound}     no such file, a folder, or it may not be read
  /// @throws Error{InvalidFile}  the file cannot be mapped
  [[nodiscard]] static std::shared_ptr<const MappedFile> open(
      const std::filesystem::path& path);

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  /// The contents; valid as long as this object lives.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const& {
    return {address_, size_};
  }
  [[nodiscard]] std::span<const std::uint8_t> bytes() && = delete;

 private:
  MappedFile(const std::uint8_t* address, std::size_t size)
      : address_(address), size_(size) {}

  const std::uint8_t* address_;
  std::size_t size_;
};

}  // namespace ompq
