// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "ompq/core/error.h"
#include "ompq/data/decode_image.h"

namespace ompq::detail {

/// @throws Error{InvalidData}  more pixels than the limits allow
inline void check_image_size(
    std::int64_t height,
    std::int64_t width,
    std::string_view name,
    const DecodeLimits& limits) {
  OMPQ_CHECK(
      height > 0 && width > 0 && height <= limits.max_pixels / width,
      ErrorCode::InvalidData,
      "{}: {} x {} pixels, more than the {} that are decoded; is the file "
      "meant to be an image of this size?",
      name,
      height,
      width,
      limits.max_pixels);
}

}  // namespace ompq::detail
