// SPDX-License-Identifier: MIT
#include "ompq/data/exif_orientation.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace ompq::detail {
namespace {

/// Reads integers of a TIFF block in its byte order; nullopt past the end.
class TiffReader {
 public:
  TiffReader(std::span<const std::uint8_t> bytes, bool is_big_endian)
      : bytes_(bytes), is_big_endian_(is_big_endian) {}

  [[nodiscard]] std::optional<std::uint32_t> read(
      std::size_t offset, std::size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) {
      return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = is_big_endian_ ? i : size - 1 - i;
      value = value << 8U | bytes_[offset + at];
    }
    return value;
  }

 private:
  std::span<const std::uint8_t> bytes_;
  bool is_big_endian_;
};

constexpr int kUpright = 1;

std::optional<std::uint32_t> orientation_tag(const TiffReader& tiff) {
  constexpr std::uint32_t kOrientationTag = 0x0112;
  constexpr std::uint32_t kShortType = 3;
  constexpr std::size_t kEntrySize = 12;
  const auto magic = tiff.read(2, 2);
  const auto directory = tiff.read(4, 4);
  if (magic != 42U || !directory) {
    return std::nullopt;
  }
  const std::uint32_t count = tiff.read(*directory, 2).value_or(0);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t entry =
        std::size_t{*directory} + 2 + std::size_t{i} * kEntrySize;
    if (tiff.read(entry, 2) == kOrientationTag &&
        tiff.read(entry + 2, 2) == kShortType) {
      return tiff.read(entry + 8, 2);
    }
  }
  return std::nullopt;
}

struct PixelPosition {
  std::int64_t row;
  std::int64_t column;
};

/// Where the upright picture's pixel (row, column) is stored.
PixelPosition stored_position(
    const Image& stored, int orientation, PixelPosition upright_position) {
  const auto [row, column] = upright_position;
  const std::int64_t last_row = stored.height - 1;
  const std::int64_t last_column = stored.width - 1;
  switch (orientation) {
    case 2:
      return {row, last_column - column};
    case 3:
      return {last_row - row, last_column - column};
    case 4:
      return {last_row - row, column};
    case 5:
      return {column, row};
    case 6:
      return {last_row - column, row};
    case 7:
      return {last_row - column, last_column - row};
    case 8:
      return {column, last_column - row};
    default:
      return {row, column};
  }
}

}  // namespace

int exif_orientation(std::span<const std::uint8_t> tiff) {
  if (tiff.size() < 8 || tiff[0] != tiff[1] ||
      (tiff[0] != 'I' && tiff[0] != 'M')) {
    return kUpright;
  }
  const auto value = orientation_tag(TiffReader(tiff, tiff[0] == 'M'));
  const bool is_valid = value && *value >= 1 && *value <= 8;
  return is_valid ? static_cast<int>(*value) : kUpright;
}

Image upright(Image stored, int orientation) {
  if (orientation <= kUpright || orientation > 8) {
    return stored;
  }
  const bool swaps_sides = orientation >= 5;
  Image image{
      swaps_sides ? stored.width : stored.height,
      swaps_sides ? stored.height : stored.width,
      std::vector<std::uint8_t>(stored.pixels.size())};
  auto target = image.pixels.begin();
  for (std::int64_t row = 0; row < image.height; ++row) {
    for (std::int64_t column = 0; column < image.width; ++column) {
      const auto source = stored_position(stored, orientation, {row, column});
      const auto pixel = stored.pixels.begin() +
                         (source.row * stored.width + source.column) * 3;
      target = std::copy(pixel, pixel + 3, target);
    }
  }
  return image;
}

}  // namespace ompq::detail
