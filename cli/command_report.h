// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "ompq/report/report_data.h"

#include "cli/command.h"

namespace ompq {

/// Everything `ompq report` can be told.
struct ReportCommandOptions {
  std::vector<std::filesystem::path> paths;
  std::optional<std::filesystem::path> output;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        paths,
        {.name = "paths",
         .help = "a folder that ompq wrote, or a plan.json, record.json, "
                 "front.json, study.json or history.json; all of one model",
         .placeholder = "PATH",
         .is_positional = true,
         .is_required = true});
    visit(
        output,
        {.name = "output",
         .help = "the page",
         .placeholder = "FILE.html",
         .letter = "o",
         .empty_means = "report.html in the folder, or here"});
  }
};

/// Everything `ompq compare` can be told.
struct CompareCommandOptions {
  std::vector<std::filesystem::path> paths;
  std::optional<std::filesystem::path> output;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        paths,
        {.name = "paths",
         .help = "folders of runs or plans of one model, two or more",
         .placeholder = "PATH",
         .is_positional = true,
         .is_required = true});
    visit(
        output,
        {.name = "output",
         .help = "write a page with the comparison as well",
         .placeholder = "FILE.html",
         .letter = "o"});
  }
};

/// Writes a report, whole or not at all, and says so in one line.
///
/// @return the line, with the size of the page
/// @throws Error{OutputFailed}
std::string write_report(
    const std::filesystem::path& path, const ReportData& data);

/// Writes report.html into the folder of a run; where that fails, the run is
/// none the worse: a warning.
///
/// @return the line that says so, with its line feed; "" after a warning
std::string write_run_report(
    const std::filesystem::path& folder, Console& console);

}  // namespace ompq
