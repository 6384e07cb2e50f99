// SPDX-License-Identifier: MIT
#include "ompq/data/decode_image.h"

#include <algorithm>
#include <array>
#include <string>

#include "ompq/core/error.h"
#include "ompq/data/file_bytes.h"
#include "ompq/data/jpeg_decoder.h"
#include "ompq/data/png_decoder.h"

namespace ompq {
namespace {

template <std::size_t N>
bool starts_with(
    std::span<const std::uint8_t> bytes,
    const std::array<std::uint8_t, N>& magic) {
  return bytes.size() >= N &&
         std::equal(magic.begin(), magic.end(), bytes.begin());
}

/// The first bytes in hexadecimal, for the error about an unknown format.
std::string first_bytes(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (const std::uint8_t byte : bytes.first(std::min(kShown, bytes.size()))) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : " ", byte);
  }
  return text;
}

}  // namespace

ImageFormat detect_image_format(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, 3> kJpeg = {0xFF, 0xD8, 0xFF};
  constexpr std::array<std::uint8_t, 8> kPng = {
      0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  if (starts_with(bytes, kJpeg)) {
    return ImageFormat::Jpeg;
  }
  return starts_with(bytes, kPng) ? ImageFormat::Png : ImageFormat::Unknown;
}

Image decode_image(
    std::span<const std::uint8_t> bytes,
    std::string_view name,
    const DecodeLimits& limits) {
  OMPQ_CHECK(
      !bytes.empty(), ErrorCode::InvalidData, "{}: the file is empty", name);
  switch (detect_image_format(bytes)) {
    case ImageFormat::Jpeg:
      return detail::decode_jpeg(bytes, name, limits);
    case ImageFormat::Png:
      return detail::decode_png(bytes, name, limits);
    case ImageFormat::Unknown:
      break;
  }
  fail(
      ErrorCode::InvalidData,
      "{}: neither JPEG nor PNG (first bytes {}); convert the picture to one "
      "of them",
      name,
      first_bytes(bytes));
}

Image read_image(
    const std::filesystem::path& path, const DecodeLimits& limits) {
  return decode_image(read_bytes(path), path.string(), limits);
}

}  // namespace ompq
