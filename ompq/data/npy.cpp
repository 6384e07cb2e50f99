// SPDX-License-Identifier: MIT
#include "ompq/data/npy.h"

#include <array>
#include <limits>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/file_bytes.h"
#include "ompq/data/npy_header.h"

namespace ompq {
namespace {

struct TypeRow {
  NpyType type;
  std::string_view code;
  std::string_view name;
  std::int64_t size;
};

constexpr std::array<TypeRow, 11> kTypes = {{
    {NpyType::Int8, "i1", "int8", 1},
    {NpyType::Int16, "i2", "int16", 2},
    {NpyType::Int32, "i4", "int32", 4},
    {NpyType::Int64, "i8", "int64", 8},
    {NpyType::UInt8, "u1", "uint8", 1},
    {NpyType::UInt16, "u2", "uint16", 2},
    {NpyType::UInt32, "u4", "uint32", 4},
    {NpyType::UInt64, "u8", "uint64", 8},
    {NpyType::Float16, "f2", "float16", 2},
    {NpyType::Float32, "f4", "float32", 4},
    {NpyType::Float64, "f8", "float64", 8},
}};

const TypeRow& row_of(NpyType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

/// @param descr  type string: byte order, kind, size, e.g. "<f4"
NpyType type_of(const std::string& descr, const std::string& name) {
  const char order = descr.empty() ? '\0' : descr.front();
  OMPQ_CHECK(
      order != '>',
      ErrorCode::Unsupported,
      "{}: big-endian elements ('{}'); convert them: "
      "array.astype(array.dtype.newbyteorder('<'))",
      name,
      descr);
  OMPQ_CHECK(
      descr.find('O') == std::string::npos,
      ErrorCode::Unsupported,
      "{}: Python objects (dtype object) are not read; save a numeric array, "
      "e.g. numpy.stack(list).astype('float32')",
      name);
  for (const TypeRow& row : kTypes) {
    if ((order == '<' || order == '|' || order == '=') &&
        descr.substr(1) == row.code) {
      return row.type;
    }
  }
  fail(
      ErrorCode::Unsupported,
      "{}: element type {} is not read; use uint8, float32 or an integer "
      "type",
      name,
      descr.empty() ? "structured" : "'" + descr + "'");
}

/// Where the header's text begins and how long it is.
std::string_view header_text(
    std::span<const std::uint8_t> bytes, const std::string& name) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  constexpr std::size_t kVersionEnd = 8;
  const std::string_view text(
      reinterpret_cast<const char*>(bytes.data()), bytes.size());
  OMPQ_CHECK(
      text.starts_with(kMagic) && text.size() >= kVersionEnd,
      ErrorCode::InvalidFile,
      "{}: not an .npy file (it does not begin with \\x93NUMPY)",
      name);
  const int version = bytes[6];
  OMPQ_CHECK(
      version >= 1 && version <= 3,
      ErrorCode::Unsupported,
      "{}: version {} of the .npy format; 1 to 3 are read",
      name,
      version);
  const std::size_t length_size = version == 1 ? 2 : 4;
  const std::size_t begin = kVersionEnd + length_size;
  OMPQ_CHECK(
      bytes.size() >= begin,
      ErrorCode::InvalidFile,
      "{}: the file ends in the header",
      name);
  std::size_t length = 0;
  for (std::size_t i = length_size; i > 0; --i) {
    length = length << 8U | bytes[kVersionEnd + i - 1];
  }
  OMPQ_CHECK(
      bytes.size() - begin >= length,
      ErrorCode::InvalidFile,
      "{}: the file ends in the header: {} bytes announced, {} there",
      name,
      length,
      bytes.size() - begin);
  return text.substr(begin, length);
}

/// Size of the elements in bytes.
std::int64_t checked_size(
    const detail::NpyHeader& header,
    std::int64_t item_size,
    const std::string& name) {
  std::int64_t size = item_size;
  for (const std::int64_t length : header.shape) {
    OMPQ_CHECK(
        length == 0 ||
            size <= std::numeric_limits<std::int64_t>::max() / length,
        ErrorCode::InvalidFile,
        "{}: shape {} is too large",
        name,
        shape_text(header.shape));
    size *= length;
  }
  return size;
}

}  // namespace

std::string_view to_string(NpyType type) {
  return row_of(type).name;
}

std::int64_t element_size(NpyType type) {
  return row_of(type).size;
}

bool is_floating_point(NpyType type) {
  return row_of(type).code.front() == 'f';
}

std::int64_t NpyArray::element_count() const {
  return static_cast<std::int64_t>(bytes.size()) / element_size(type);
}

std::string shape_text(std::span<const std::int64_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

NpyArray read_npy(const std::filesystem::path& path) {
  auto file = MappedFile::open(path);
  const auto bytes = file->bytes();
  return parse_npy(bytes, std::move(file), path.string());
}

NpyArray parse_npy(
    std::span<const std::uint8_t> bytes,
    std::shared_ptr<const void> owner,
    std::string name) {
  const std::string_view text = header_text(bytes, name);
  const detail::NpyHeader header = detail::parse_npy_header(text, name);
  const NpyType type = type_of(header.descr, name);
  OMPQ_CHECK(
      !header.fortran_order || header.shape.size() <= 1,
      ErrorCode::Unsupported,
      "{}: Fortran (column-major) order; save "
      "numpy.ascontiguousarray(array) instead",
      name);
  const std::int64_t expected = checked_size(header, element_size(type), name);
  const auto begin = static_cast<std::size_t>(
      text.data() + text.size() - reinterpret_cast<const char*>(bytes.data()));
  OMPQ_CHECK(
      std::cmp_greater_equal(bytes.size() - begin, expected),
      ErrorCode::InvalidFile,
      "{}: truncated: {} of shape {} need {} bytes, the file holds {}",
      name,
      to_string(type),
      shape_text(header.shape),
      expected,
      bytes.size() - begin);
  return {
      std::move(name),
      type,
      header.shape,
      bytes.subspan(begin, static_cast<std::size_t>(expected)),
      std::move(owner)};
}

}  // namespace ompq
