// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ompq/data/decode_image.h"

namespace ompq::detail {

/// Decodes a JPEG file; see decode_image(). The only file that sees libjpeg.
///
/// @throws Error{InvalidData}
[[nodiscard]] Image decode_jpeg(
    std::span<const std::uint8_t> bytes,
    std::string_view name,
    const DecodeLimits& limits);

}  // namespace ompq::detail
