// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "ompq/data/dataset.h"

namespace ompq::detail {

/// Orientation tag of an EXIF block.
///
/// @param tiff  the block from its TIFF header on (after "Exif\0\0")
/// @return 1 to 8; 1 (upright) where the tag is missing or the block damaged,
///         since pixels do not depend on it
[[nodiscard]] int exif_orientation(std::span<const std::uint8_t> tiff);

/// The picture turned upright, from the orientation its camera stored it in.
[[nodiscard]] Image upright(Image stored, int orientation);

}  // namespace ompq::detail
