// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/json_file.h"
#include "ompq/quantization/integer_grid.h"

namespace ompq::detail {

/// One tensor's grid in a file of AIMET encodings.
struct EncodingEntry {
  std::string name;
  /// "PER_TENSOR", "PER_CHANNEL" or "PER_BLOCK".
  std::string kind;
  /// Unsigned.
  IntegerGrid grid;
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
  /// For PER_BLOCK.
  std::int64_t block_size = 0;
};

/// Reads an entry; absent if it leaves the tensor as it is: dtype FLOAT, or a
/// parameter of more than 16 bits.
///
/// @throws Error  as the reader says: a field is missing, wrong or asks for
///                what ompq does not run; names entry and field
[[nodiscard]] std::optional<EncodingEntry> read_encoding_entry(
    const JsonReader& json, bool is_parameter);

/// Checks that there are as many scales and offsets as are needed.
///
/// @throws Error  as the reader says
void check_lengths(
    const EncodingEntry& entry, const JsonReader& json, std::int64_t expected);

}  // namespace ompq::detail
