// SPDX-License-Identifier: MIT
#include "ompq/graph/onnx_header.h"

#include <fstream>
#include <optional>

#include "ompq/core/error.h"

namespace ompq {
namespace {

// Field numbers of ModelProto and wire types of the protobuf encoding.
constexpr std::uint64_t kIrVersionField = 1;
constexpr std::uint64_t kProducerNameField = 2;
constexpr std::uint64_t kProducerVersionField = 3;
constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kFixed64 = 1;
constexpr std::uint64_t kBytes = 2;
constexpr std::uint64_t kFixed32 = 5;
/// Longer texts are no names.
constexpr std::uint64_t kLongestText = 4096;

std::optional<std::uint64_t> read_varint(std::istream& stream) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const int byte = stream.get();
    if (byte == std::char_traits<char>::eof()) {
      return std::nullopt;
    }
    value |= (static_cast<std::uint64_t>(byte) & 0x7FU) << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  return std::nullopt;
}

std::string read_text(std::istream& stream, std::uint64_t size) {
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  return stream ? text : "";
}

bool skip(std::istream& stream, std::uint64_t wire_type, std::uint64_t size) {
  if (wire_type == kFixed64) {
    size = 8;
  } else if (wire_type == kFixed32) {
    size = 4;
  } else if (wire_type != kBytes) {
    return false;
  }
  if (size > static_cast<std::uint64_t>(INT64_MAX)) {
    return false;
  }
  stream.seekg(static_cast<std::streamoff>(size), std::ios::cur);
  return stream.good();
}

}  // namespace

OnnxHeader read_onnx_header(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  OMPQ_CHECK(
      stream.good(),
      ErrorCode::NotFound,
      "{}: no such file, or it may not be read",
      path.string());
  OnnxHeader header;
  while (const auto tag = read_varint(stream)) {
    const std::uint64_t field = *tag >> 3U;
    const std::uint64_t wire_type = *tag & 7U;
    const bool has_number = wire_type == kVarint || wire_type == kBytes;
    const auto number = has_number ? read_varint(stream) : 0;
    if (!number) {
      break;
    }
    if (wire_type == kVarint) {
      header.ir_version = field == kIrVersionField
                              ? static_cast<std::int64_t>(*number)
                              : header.ir_version;
    } else if (field == kProducerNameField && *number <= kLongestText) {
      header.producer_name = read_text(stream, *number);
    } else if (field == kProducerVersionField && *number <= kLongestText) {
      header.producer_version = read_text(stream, *number);
    } else if (!skip(stream, wire_type, *number)) {
      break;
    }
  }
  return header;
}

}  // namespace ompq
