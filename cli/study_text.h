// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/pipeline/study_report.h"

namespace ompq {

/// A study for people: a table for each budget, best accuracy first; at most
/// `width` columns wide.
[[nodiscard]] std::string to_text(
    const StudyReport& report, std::int64_t width);

}  // namespace ompq
