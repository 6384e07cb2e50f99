// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/core/json_file.h"
#include "ompq/report/report_data.h"

namespace ompq {

/// Runs side by side for people: a row for each run, then the layers whose
/// widths differ; at most `width` columns wide.
///
/// @param data  as open_comparison() gives it
[[nodiscard]] std::string comparison_text(
    const ReportData& data, std::int64_t width);

/// The same as JSON: {"runs": [{"name", "file_bytes", ...}], "layers":
/// [{"name", "weight_bits": [one for each run]}]}.
[[nodiscard]] Json comparison_json(const ReportData& data);

}  // namespace ompq
