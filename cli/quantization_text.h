// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "ompq/pipeline/quantization_record.h"

namespace ompq {

/// A quantization for people: a row for each unit, the layers where most of the
/// accuracy goes, size, accuracy, time; at most `width` columns wide.
[[nodiscard]] std::string to_text(
    const QuantizationRecord& record,
    const std::filesystem::path& folder,
    std::int64_t width);

}  // namespace ompq
