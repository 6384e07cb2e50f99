// SPDX-License-Identifier: MIT
#include "ompq/data/zip_archive.h"

#include <algorithm>
#include <utility>

#include <zlib.h>

#include "ompq/core/error.h"
#include "ompq/data/inflate.h"

namespace ompq {
namespace {

using ByteView = std::span<const std::uint8_t>;

constexpr std::uint32_t kMemberSignature = 0x04034B50;
constexpr std::uint32_t kEntrySignature = 0x02014B50;
constexpr std::uint32_t kEndSignature = 0x06054B50;
constexpr std::uint32_t kEnd64Signature = 0x06064B50;
constexpr std::uint32_t kLocator64Signature = 0x07064B50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEntrySize = 46;
constexpr std::size_t kMemberSize = 30;
/// A size or offset of this value stands in the ZIP64 field instead.
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;

/// Little-endian integers of a file, with bounds checked.
class ZipBytes {
 public:
  ZipBytes(ByteView bytes, const std::string& path)
      : bytes_(bytes), path_(path) {}

  [[nodiscard]] ByteView part(std::uint64_t offset, std::uint64_t size) const {
    OMPQ_CHECK(
        offset <= bytes_.size() && size <= bytes_.size() - offset,
        ErrorCode::InvalidFile,
        "{}: truncated or damaged archive: {} bytes at {} of {} are missing",
        path_,
        size,
        offset,
        bytes_.size());
    return bytes_.subspan(offset, size);
  }
  template <typename T>
  [[nodiscard]] T read(std::uint64_t offset) const {
    std::uint64_t value = 0;
    const ByteView field = part(offset, sizeof(T));
    for (std::size_t i = sizeof(T); i > 0; --i) {
      value = value << 8U | field[i - 1];
    }
    return static_cast<T>(value);
  }

 private:
  ByteView bytes_;
  const std::string& path_;
};

/// Offset of the record at the end of the archive; its comment may follow.
std::uint64_t find_end(ByteView bytes, const std::string& path) {
  constexpr std::size_t kMaxComment = 0xFFFF;
  const ZipBytes zip(bytes, path);
  const std::size_t reach = std::min(bytes.size(), kEndSize + kMaxComment);
  for (std::size_t back = kEndSize; back <= reach; ++back) {
    const std::size_t at = bytes.size() - back;
    if (zip.read<std::uint32_t>(at) == kEndSignature) {
      return at;
    }
  }
  fail(
      ErrorCode::InvalidFile,
      "{}: truncated, or not an .npz (ZIP) file: the archive's directory is "
      "missing",
      path);
}

struct Directory {
  std::uint64_t count;
  std::uint64_t offset;
};

Directory find_directory(ByteView bytes, const std::string& path) {
  constexpr std::size_t kLocatorSize = 20;
  const ZipBytes zip(bytes, path);
  const std::uint64_t end = find_end(bytes, path);
  if (end >= kLocatorSize &&
      zip.read<std::uint32_t>(end - kLocatorSize) == kLocator64Signature) {
    const auto end64 = zip.read<std::uint64_t>(end - kLocatorSize + 8);
    OMPQ_CHECK(
        zip.read<std::uint32_t>(end64) == kEnd64Signature,
        ErrorCode::InvalidFile,
        "{}: damaged archive: no ZIP64 directory at {}",
        path,
        end64);
    return {
        zip.read<std::uint64_t>(end64 + 32),
        zip.read<std::uint64_t>(end64 + 48)};
  }
  return {zip.read<std::uint16_t>(end + 10), zip.read<std::uint32_t>(end + 16)};
}

/// Replaces the sizes and the offset of an entry by those of its ZIP64 field,
/// which holds, in this order, those that need it. (The entry is changed in
/// place since the field completes it.)
template <typename Entry>
void read_large_sizes(
    const ZipBytes& zip,
    std::uint64_t extra,
    std::uint64_t extra_end,
    Entry& entry) {
  constexpr std::uint16_t kLargeSizes = 1;
  constexpr std::uint64_t kHead = 4;
  while (extra + kHead <= extra_end) {
    const auto kind = zip.read<std::uint16_t>(extra);
    std::uint64_t field = extra + kHead;
    extra = field + zip.read<std::uint16_t>(extra + 2);
    for (auto* value : {&entry.size, &entry.packed_size, &entry.offset}) {
      if (kind == kLargeSizes && *value == kIn64 && field + 8 <= extra) {
        *value = zip.read<std::uint64_t>(field);
        field += 8;
      }
    }
  }
}

}  // namespace

ZipArchive::ZipArchive(const std::filesystem::path& path)
    : path_(path.string()), file_(MappedFile::open(path)) {
  read_directory();
}

void ZipArchive::read_directory() {
  const ZipBytes zip(file_->bytes(), path_);
  const Directory directory = find_directory(file_->bytes(), path_);
  std::uint64_t at = directory.offset;
  for (std::uint64_t i = 0; i < directory.count; ++i) {
    OMPQ_CHECK(
        zip.read<std::uint32_t>(at) == kEntrySignature,
        ErrorCode::InvalidFile,
        "{}: damaged archive: entry {} of its directory",
        path_,
        i);
    Entry entry;
    entry.flags = zip.read<std::uint16_t>(at + 8);
    entry.method = zip.read<std::uint16_t>(at + 10);
    entry.checksum = zip.read<std::uint32_t>(at + 16);
    entry.packed_size = zip.read<std::uint32_t>(at + 20);
    entry.size = zip.read<std::uint32_t>(at + 24);
    entry.offset = zip.read<std::uint32_t>(at + 42);
    const std::uint64_t extra =
        at + kEntrySize + zip.read<std::uint16_t>(at + 28);
    const std::uint64_t extra_end = extra + zip.read<std::uint16_t>(at + 30);
    read_large_sizes(zip, extra, extra_end, entry);
    const ByteView name = zip.part(at + kEntrySize, extra - at - kEntrySize);
    names_.emplace_back(name.begin(), name.end());
    entries_.push_back(entry);
    at = extra_end + zip.read<std::uint16_t>(at + 32);
  }
}

ByteView ZipArchive::packed_bytes(
    const Entry& entry, const std::string& name) const {
  const ZipBytes zip(file_->bytes(), path_);
  OMPQ_CHECK(
      zip.read<std::uint32_t>(entry.offset) == kMemberSignature,
      ErrorCode::InvalidFile,
      "{}: damaged archive: member '{}' is not at its place",
      path_,
      name);
  const std::uint64_t data = entry.offset + kMemberSize +
                             zip.read<std::uint16_t>(entry.offset + 26) +
                             zip.read<std::uint16_t>(entry.offset + 28);
  return zip.part(data, entry.packed_size);
}

ZipMember ZipArchive::read(const std::string& name) const {
  constexpr std::uint16_t kEncrypted = 1;
  constexpr std::uint16_t kStored = 0;
  constexpr std::uint16_t kDeflated = 8;
  const auto found = std::ranges::find(names_, name);
  OMPQ_CHECK(
      found != names_.end(),
      ErrorCode::NotFound,
      "{}: no member '{}'",
      path_,
      name);
  const Entry& entry =
      entries_[static_cast<std::size_t>(found - names_.begin())];
  OMPQ_CHECK(
      (entry.flags & kEncrypted) == 0 &&
          (entry.method == kStored || entry.method == kDeflated),
      ErrorCode::Unsupported,
      "{}: member '{}' is encrypted or packed by method {}; write it with "
      "numpy.savez or numpy.savez_compressed",
      path_,
      name,
      entry.method);
  if (entry.method == kStored) {
    OMPQ_CHECK(
        entry.size == entry.packed_size,
        ErrorCode::InvalidFile,
        "{}: damaged archive: stored member '{}' has two sizes",
        path_,
        name);
    return {packed_bytes(entry, name), file_};
  }
  auto bytes =
      std::make_shared<const std::vector<std::uint8_t>>(inflated(entry, name));
  return {*bytes, bytes};
}

std::vector<std::uint8_t> ZipArchive::inflated(
    const Entry& entry, const std::string& name) const {
  auto bytes = detail::inflate_raw(packed_bytes(entry, name), entry.size);
  OMPQ_CHECK(
      bytes && crc32_z(0, bytes->data(), bytes->size()) == entry.checksum,
      ErrorCode::InvalidFile,
      "{}: damaged archive: member '{}' does not unpack to what was packed",
      path_,
      name);
  return std::move(*bytes);
}

}  // namespace ompq
