// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/report/report_data.h"

namespace ompq {

/// Reads what belongs to one run. Each path is a folder that a command of ompq
/// wrote (record.json, plan.json, front.json, study.json and history.json in it
/// are taken), or one such file under any name.
///
/// A damaged section of a record, or a plan of another version, is left out
/// with a notice: the rest is shown.
///
/// @throws Error{NotFound}     nothing there, or a folder with none of them
/// @throws Error{InvalidFile}  no JSON, or JSON of another kind
/// @throws Error{InvalidPlan}  the paths are about different models; names both
/// @throws Error{InvalidArgument}  two files of one kind
[[nodiscard]] OMPQ_API ReportData
open_report(const std::vector<std::filesystem::path>& paths);

/// Reads several runs to be compared, each as open_report() one path.
///
/// @throws Error{InvalidPlan}  two runs have other layers: no comparison
/// @throws as open_report()
[[nodiscard]] OMPQ_API ReportData
open_comparison(const std::vector<std::filesystem::path>& paths);

}  // namespace ompq
