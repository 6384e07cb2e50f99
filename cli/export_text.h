// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/pipeline/export_report.h"

namespace ompq {

/// A few lines for a terminal of `width` columns.
[[nodiscard]] std::string to_text(
    const ExportReport& report, std::int64_t width);

}  // namespace ompq
