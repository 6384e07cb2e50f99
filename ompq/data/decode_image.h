// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// Kind of picture file, recognised by its first bytes.
enum class ImageFormat {
  /// Neither of the formats below.
  Unknown,
  Jpeg,
  Png,
};

/// Kind of the file that begins with `bytes` (8 are enough); file names play
/// no role.
[[nodiscard]] OMPQ_API ImageFormat
detect_image_format(std::span<const std::uint8_t> bytes);

/// What decode_image() accepts.
struct DecodeLimits {
  /// Largest height x width. The default is Pillow's bound against
  /// "decompression bombs", small files that claim gigabytes of pixels.
  std::int64_t max_pixels = 178'956'970;
};

/// Decodes a JPEG or PNG file to 8-bit RGB, upright.
///
/// - JPEG: exact integer inverse DCT and smooth chroma upsampling, as Pillow
///   decodes; CMYK and YCCK files are taken as Adobe writes them (inverted).
/// - PNG: 1 to 16 bits, interlaced or not; 16 bits are rounded to 8.
/// - Grey becomes three equal channels, a palette its colours; transparency is
///   dropped, not blended.
/// - The picture is turned as its EXIF orientation says (Pillow's `open` does
///   not do this by itself, viewers do).
///
/// @param bytes  the whole file
/// @param name   what errors call it
/// @throws Error{InvalidData}  not JPEG or PNG, truncated, damaged, or larger
///                             than the limits; the message begins with `name`
[[nodiscard]] OMPQ_API Image decode_image(
    std::span<const std::uint8_t> bytes,
    std::string_view name,
    const DecodeLimits& limits = {});

/// decode_image() of the contents of a file.
///
/// @throws Error{NotFound}     no such file, or it may not be read
/// @throws Error{InvalidData}  as decode_image()
[[nodiscard]] OMPQ_API Image
read_image(const std::filesystem::path& path, const DecodeLimits& limits = {});

}  // namespace ompq
