// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/file_bytes.h"

namespace ompq {

/// Contents of one file of an archive.
struct ZipMember {
  std::span<const std::uint8_t> bytes;
  /// Keeps `bytes` alive.
  std::shared_ptr<const void> owner;
};

/// Reads ZIP archives: members stored or deflated, also beyond 4 GiB (ZIP64).
/// The file is mapped, so that stored members need no copy; this is why no
/// general ZIP library is used.
///
/// @source APPNOTE.TXT, the ZIP file format specification
class OMPQ_API ZipArchive {
 public:
  /// @throws Error{NotFound}     no such file
  /// @throws Error{InvalidFile}  not a ZIP archive, truncated or damaged
  explicit ZipArchive(const std::filesystem::path& path);

  [[nodiscard]] const std::string& path() const { return path_; }

  /// Names of the members, in the order of the archive's directory.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// The contents of a member. The checksum of deflated members is verified;
  /// of stored ones it is not, since that would read them whole.
  ///
  /// @throws Error{NotFound}     no such member
  /// @throws Error{InvalidFile}  damaged
  /// @throws Error{Unsupported}  encrypted, or another compression method
  [[nodiscard]] ZipMember read(const std::string& name) const;

 private:
  struct Entry {
    std::uint16_t flags = 0;
    std::uint16_t method = 0;
    std::uint32_t checksum = 0;
    std::uint64_t packed_size = 0;
    std::uint64_t size = 0;
    std::uint64_t offset = 0;
  };

  void read_directory();
  [[nodiscard]] std::span<const std::uint8_t> packed_bytes(
      const Entry& entry, const std::string& name) const;
  [[nodiscard]] std::vector<std::uint8_t> inflated(
      const Entry& entry, const std::string& name) const;

  std::string path_;
  std::shared_ptr<const MappedFile> file_;
  std::vector<std::string> names_;
  std::vector<Entry> entries_;
};

}  // namespace ompq
