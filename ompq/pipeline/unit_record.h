// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ompq/core/export.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// The result of a unit as a file of a checkpoint:
///
///   "OMPQUNIT", format [u32], index [u64], run [32 bytes],
///   length of the payload [u64], payload, SHA-256 of all before [32 bytes]
///
/// Little-endian. The payload holds the fields in the order of the structs;
/// texts and lists begin with their length [u64], codes of a weight count from
/// the grid's lowest in as few bytes as its width needs.
///
/// @param run  32 bytes that tell runs apart
[[nodiscard]] OMPQ_API std::string write_unit_record(
    std::size_t index, std::string_view run, const UnitResult& result);

/// What write_unit_record() wrote; nullopt if the bytes are damaged, not whole,
/// or of another unit, run or format.
[[nodiscard]] OMPQ_API std::optional<UnitResult> read_unit_record(
    std::string_view bytes, std::size_t index, std::string_view run);

}  // namespace ompq
