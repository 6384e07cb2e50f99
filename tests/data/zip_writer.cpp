// SPDX-License-Identifier: MIT
#include "tests/data/zip_writer.h"

#include <zlib.h>

namespace ompq {
namespace {

/// Little-endian fields of a record.
class Record {
 public:
  Record& field(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
      bytes_ += static_cast<char>(value >> (8 * i) & 0xFFU);
    }
    return *this;
  }
  Record& text(const std::string& text) {
    bytes_ += text;
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string deflated(const std::string& contents) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, contents.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(contents.data()));
  stream.avail_in = static_cast<uInt>(contents.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

constexpr std::uint64_t kIn64 = 0xFFFFFFFF;

/// A file as it stands in the archive.
struct PackedFile {
  std::string name;
  std::string packed;
  std::size_t size;
  std::uint32_t checksum;
  std::size_t offset;
};

PackedFile packed_file(
    const ZipInput& input, const ZipOptions& options, std::size_t offset) {
  const auto* bytes = reinterpret_cast<const Bytef*>(input.contents.data());
  const auto size = static_cast<uInt>(input.contents.size());
  return {
      input.name,
      options.deflate ? deflated(input.contents) : input.contents,
      input.contents.size(),
      static_cast<std::uint32_t>(crc32(0, bytes, size)),
      offset};
}

std::uint64_t field32(std::uint64_t value, const ZipOptions& options) {
  return options.zip64 ? kIn64 : value;
}

std::string extra_field(const PackedFile& file, const ZipOptions& options) {
  if (!options.zip64) {
    return "";
  }
  return Record()
      .field(1, 2)
      .field(24, 2)
      .field(file.size, 8)
      .field(file.packed.size(), 8)
      .field(file.offset, 8)
      .bytes();
}

/// What the head of a member and its entry in the directory share: from the
/// version to the length of the extra field.
std::string shared_fields(const PackedFile& file, const ZipOptions& options) {
  return Record()
      .field(45, 2)
      .field(options.flags, 2)
      .field(options.deflate ? 8 : 0, 2)
      .field(0, 4)
      .field(file.checksum, 4)
      .field(field32(file.packed.size(), options), 4)
      .field(field32(file.size, options), 4)
      .field(file.name.size(), 2)
      .field(extra_field(file, options).size(), 2)
      .bytes();
}

std::string member(const PackedFile& file, const ZipOptions& options) {
  return Record()
      .field(0x04034B50, 4)
      .text(shared_fields(file, options))
      .text(file.name)
      .text(extra_field(file, options))
      .text(file.packed)
      .bytes();
}

std::string directory_entry(const PackedFile& file, const ZipOptions& options) {
  return Record()
      .field(0x02014B50, 4)
      .field(45, 2)
      .text(shared_fields(file, options))
      .field(0, 8)
      .field(0, 2)
      .field(field32(file.offset, options), 4)
      .text(file.name)
      .text(extra_field(file, options))
      .bytes();
}

/// The ZIP64 end record at `offset` and its locator.
std::string large_end(
    std::size_t count,
    std::size_t begin,
    std::size_t size,
    std::size_t offset) {
  return Record()
      .field(0x06064B50, 4)
      .field(44, 8)
      .field(45, 2)
      .field(45, 2)
      .field(0, 8)
      .field(count, 8)
      .field(count, 8)
      .field(size, 8)
      .field(begin, 8)
      .field(0x07064B50, 4)
      .field(0, 4)
      .field(offset, 8)
      .field(1, 4)
      .bytes();
}

}  // namespace

std::string write_zip(
    const std::vector<ZipInput>& inputs, const ZipOptions& options) {
  std::string archive;
  std::string directory;
  for (const ZipInput& input : inputs) {
    const PackedFile file = packed_file(input, options, archive.size());
    archive += member(file, options);
    directory += directory_entry(file, options);
  }
  const std::size_t begin = archive.size();
  archive += directory;
  if (options.zip64) {
    archive +=
        large_end(inputs.size(), begin, directory.size(), archive.size());
  }
  const std::uint64_t count = options.zip64 ? 0xFFFF : inputs.size();
  return archive + Record()
                       .field(0x06054B50, 4)
                       .field(0, 4)
                       .field(count, 2)
                       .field(count, 2)
                       .field(directory.size(), 4)
                       .field(field32(begin, options), 4)
                       .field(options.comment.size(), 2)
                       .text(options.comment)
                       .bytes();
}

}  // namespace ompq
