// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/core/matrix.h"

namespace ompq {

/// Bytes as base64 with padding (RFC 4648, section 4).
[[nodiscard]] OMPQ_API std::string to_base64(std::string_view bytes);

/// The upper triangle of a symmetric matrix of shares, packed for a page: row
/// after row from the diagonal on, each share as round(65535 x) in two bytes,
/// low byte first, all as base64. A matrix of 1,000 layers takes 1.3 MB.
///
/// @param matrix  [L, L], elements in [0, 1]; others are clamped
[[nodiscard]] OMPQ_API std::string pack_shares(const Matrix& matrix);

}  // namespace ompq
