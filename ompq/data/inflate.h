// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ompq::detail {

/// Unpacks a raw deflate stream (RFC 1951) of a known size.
///
/// @param size  bytes of the result
/// @return nullopt if the stream is damaged or of another size
[[nodiscard]] std::optional<std::vector<std::uint8_t>> inflate_raw(
    std::span<const std::uint8_t> packed, std::uint64_t size);

}  // namespace ompq::detail
