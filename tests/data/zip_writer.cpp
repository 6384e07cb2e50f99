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

}  // namespace

std::string write_zip(
    const std::vector<ZipInput>& inputs, const ZipOptions& options) {
  constexpr std::uint64_t kIn64 = 0xFFFFFFFF;
  const int method = options.deflate ? 8 : 0;
  std::string archive;
  Record directory;
  for (const ZipInput& input : inputs) {
    const std::string packed =
        options.deflate ? deflated(input.contents) : input.contents;
    const auto checksum = crc32(
        0,
        reinterpret_cast<const Bytef*>(input.contents.data()),
        static_cast<uInt>(input.contents.size()));
    const std::size_t offset = archive.size();
    const Record extra = options.zip64 ? Record()
                                             .field(1, 2)
                                             .field(24, 2)
                                             .field(input.contents.size(), 8)
                                             .field(packed.size(), 8)
                                             .field(offset, 8)
                                       : Record();
    const auto size = [&](std::uint64_t value) {
      return options.zip64 ? kIn64 : value;
    };
    archive += Record()
                   .field(0x04034B50, 4)
                   .field(45, 2)
                   .field(options.flags, 2)
                   .field(static_cast<std::uint64_t>(method), 2)
                   .field(0, 4)
                   .field(checksum, 4)
                   .field(size(packed.size()), 4)
                   .field(size(input.contents.size()), 4)
                   .field(input.name.size(), 2)
                   .field(extra.bytes().size(), 2)
                   .text(input.name)
                   .text(extra.bytes())
                   .text(packed)
                   .bytes();
    directory.field(0x02014B50, 4)
        .field(45, 2)
        .field(45, 2)
        .field(options.flags, 2)
        .field(static_cast<std::uint64_t>(method), 2)
        .field(0, 4)
        .field(checksum, 4)
        .field(size(packed.size()), 4)
        .field(size(input.contents.size()), 4)
        .field(input.name.size(), 2)
        .field(extra.bytes().size(), 2)
        .field(0, 8)
        .field(0, 2)
        .field(size(offset), 4)
        .text(input.name)
        .text(extra.bytes());
  }
  const std::size_t begin = archive.size();
  archive += directory.bytes();
  if (options.zip64) {
    const std::size_t end = archive.size();
    archive += Record()
                   .field(0x06064B50, 4)
                   .field(44, 8)
                   .field(45, 2)
                   .field(45, 2)
                   .field(0, 8)
                   .field(inputs.size(), 8)
                   .field(inputs.size(), 8)
                   .field(directory.bytes().size(), 8)
                   .field(begin, 8)
                   .field(0x07064B50, 4)
                   .field(0, 4)
                   .field(end, 8)
                   .field(1, 4)
                   .bytes();
  }
  return archive + Record()
                       .field(0x06054B50, 4)
                       .field(0, 4)
                       .field(options.zip64 ? 0xFFFF : inputs.size(), 2)
                       .field(options.zip64 ? 0xFFFF : inputs.size(), 2)
                       .field(directory.bytes().size(), 4)
                       .field(options.zip64 ? kIn64 : begin, 4)
                       .field(options.comment.size(), 2)
                       .text(options.comment)
                       .bytes();
}

}  // namespace ompq
