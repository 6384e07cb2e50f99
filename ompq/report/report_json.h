// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/report/report_data.h"

namespace ompq {

/// The document that the page draws: {"version", "runs", "front", "study",
/// "notices"}; what is not there is absent. Two runs or more are a comparison.
/// `page/data.js` reads it.
[[nodiscard]] OMPQ_API Json to_json(const ReportData& data);

}  // namespace ompq
