// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ompq/data/decode_image.h"

namespace ompq::detail {

/// Decodes a PNG file; see decode_image(). The only file that sees libpng.
///
/// @throws Error{InvalidData}
[[nodiscard]] Image decode_png(
    std::span<const std::uint8_t> bytes,
    std::string_view name,
    const DecodeLimits& limits);

}  // namespace ompq::detail
