// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ompq/data/dataset.h"

namespace ompq {

using FileBytes = std::vector<unsigned char>;

/// How write_jpeg() stores a picture.
struct JpegOptions {
  /// Components of `pixels`: 1 grey, 3 RGB, 4 CMYK (as stored, i.e. inverted).
  int channels = 3;
  /// Store CMYK as YCCK.
  bool ycck = false;
  bool progressive = false;
  int quality = 95;
  /// EXIF orientation tag, in a block of this byte order ('I' or 'M').
  std::optional<int> orientation = std::nullopt;
  char byte_order = 'I';
};

/// A JPEG file of `pixels`, [height, width, channels].
[[nodiscard]] FileBytes write_jpeg(
    const std::vector<std::uint8_t>& pixels,
    std::int64_t height,
    std::int64_t width,
    const JpegOptions& options = {});

/// How write_png() stores a picture.
struct PngOptions {
  enum class Kind { Grey, GreyAlpha, Rgb, Rgba, Palette };
  Kind kind = Kind::Rgb;
  /// Bits of a sample; with 16, two bytes a sample, big-endian. Below 8, one
  /// byte a sample, packed here.
  int depth = 8;
  bool interlaced = false;
  /// Entries of the palette, RGB.
  std::vector<std::uint8_t> palette = {};
  std::optional<int> orientation = std::nullopt;
};

/// A PNG file of `samples`, [height, width, channels of the kind].
[[nodiscard]] FileBytes write_png(
    const std::vector<std::uint8_t>& samples,
    std::int64_t height,
    std::int64_t width,
    const PngOptions& options = {});

/// A smooth coloured picture that JPEG keeps nearly unchanged and that no
/// rotation or mirror image equals.
[[nodiscard]] Image gradient_image(std::int64_t height, std::int64_t width);

/// A TIFF block with nothing but the orientation tag.
[[nodiscard]] FileBytes orientation_block(int orientation, char byte_order);

}  // namespace ompq
