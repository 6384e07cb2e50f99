// SPDX-License-Identifier: MIT
#include "cli/command_report.h"

#include <fmt/format.h>

#include "ompq/core/atomic_file.h"
#include "ompq/core/units.h"
#include "ompq/report/open_report.h"
#include "ompq/report/report_json.h"
#include "ompq/report/report_page.h"

#include "cli/comparison_text.h"
#include "cli/console.h"
#include "cli/existing_path.h"
#include "cli/terminal.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPageName = "report.html";

/// Where the page goes if nobody says.
fs::path default_output(const std::vector<fs::path>& paths) {
  std::error_code status;
  const bool is_folder = fs::is_directory(paths.front(), status);
  return (is_folder ? paths.front() : fs::path()) / kPageName;
}

void check_paths(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    check_exists(path, "PATH");
  }
}

/// A warning for everything that the page will miss.
void warn_of(const Notices& notices, Console& console) {
  for (const std::string& notice : notices) {
    console.warn(notice);
  }
}

class ReportCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "report"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Show a run or a plan as a page for the browser";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "The page is one file: it opens offline and loads nothing.\n"
           "\n"
           "Examples:\n"
           "  ompq report small/\n"
           "  ompq report small/ front.json study.json -o small.html\n"
           "  ompq report plan.json -o plan.html";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override {
    check_paths(options_.paths);
    if (options_.output) {
      check_writable_place(*options_.output, "--output");
    }
  }
  void run(const Invocation& invocation) override {
    const ReportData data = open_report(options_.paths);
    warn_of(data.notices, invocation.console);
    const std::string line = write_report(
        options_.output.value_or(default_output(options_.paths)), data);
    invocation.console.print(
        invocation.is_json ? to_json(data).dump(2, ' ', false, kReplace) + "\n"
                           : line + "\n");
  }

 private:
  static constexpr auto kReplace = Json::error_handler_t::replace;
  ReportCommandOptions options_;
};

class CompareCommand : public Command {
 public:
  [[nodiscard]] std::string_view name() const override { return "compare"; }
  [[nodiscard]] std::string_view summary() const override {
    return "Show several plans or runs side by side";
  }
  [[nodiscard]] std::string_view notes() const override {
    return "Examples:\n"
           "  ompq compare small/ smaller/\n"
           "  ompq compare plan.json small/ -o comparison.html";
  }
  void describe(OptionTable& table) override { options_.describe(table); }
  void check() const override {
    OMPQ_CHECK(
        options_.paths.size() >= 2,
        ErrorCode::InvalidArgument,
        "PATH: expected two plans or runs, or more, got one; for one use "
        "'ompq report {}'",
        options_.paths.front().string());
    check_paths(options_.paths);
    if (options_.output) {
      check_writable_place(*options_.output, "--output");
    }
  }
  void run(const Invocation& invocation) override {
    const ReportData data = open_comparison(options_.paths);
    warn_of(data.notices, invocation.console);
    std::string written;
    // The file first: what is shown then exists.
    if (options_.output) {
      written = write_report(*options_.output, data) + "\n";
    }
    invocation.console.print(
        invocation.is_json
            ? comparison_json(data).dump(2) + "\n"
            : comparison_text(data, invocation.console.output().width) +
                  written);
  }

 private:
  CompareCommandOptions options_;
};

}  // namespace

std::string write_report(const fs::path& path, const ReportData& data) {
  const std::string page = report_page(data);
  write_file_atomically(path, page);
  return fmt::format(
      "written to {} ({}); it opens in any browser",
      printable(path.string()),
      format_bytes(Bytes{static_cast<std::int64_t>(page.size())}));
}

std::string write_run_report(const fs::path& folder, Console& console) {
  try {
    const fs::path page = folder / kPageName;
    static_cast<void>(write_report(page, open_report({folder})));
    return fmt::format("report: {}\n", printable(page.string()));
  } catch (const Error& error) {
    console.warn(fmt::format("the report is missing: {}", error.what()));
    return {};
  }
}

std::unique_ptr<Command> make_report_command() {
  return std::make_unique<ReportCommand>();
}

std::unique_ptr<Command> make_compare_command() {
  return std::make_unique<CompareCommand>();
}

}  // namespace ompq
