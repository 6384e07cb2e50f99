// SPDX-License-Identifier: MIT
#include "ompq/report/open_report.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/core/json_file.h"
#include "ompq/plan/plan_json.h"
#include "ompq/report/training_history.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFileNames{
    "plan.json", "record.json", "front.json", "study.json", "history.json"};

enum class FileKind { Plan, Record, Front, Study, History };

bool holds(const Json& json, const char* first, const char* second) {
  return json.contains(first) && json.contains(second);
}

FileKind kind_of(const Json& json, const std::string& where) {
  if (json.is_object()) {
    if (json.value("format", Json()) == "ompq-plan") {
      return FileKind::Plan;
    }
    if (holds(json, "points", "picked")) {
      return FileKind::Front;
    }
    if (holds(json, "scores", "budgets")) {
      return FileKind::Study;
    }
    if (is_training_history(json)) {
      return FileKind::History;
    }
    if (holds(json, "layers", "settings") || holds(json, "units", "totals")) {
      return FileKind::Record;
    }
  }
  fail(
      ErrorCode::InvalidFile,
      "{}: expected plan.json, record.json, front.json, study.json or "
      "history.json as ompq writes them, got other JSON",
      where);
}

/// Sets an optional that must not be set already.
template <typename T>
void set_once(
    std::optional<T>& target, T value, const char* kind, const fs::path& path) {
  OMPQ_CHECK(
      !target,
      ErrorCode::InvalidArgument,
      "{}: a second {}; a report is about one run, use 'ompq compare' for more",
      path.string(),
      kind);
  target = std::move(value);
}

/// A plan of another version or with a damaged field: what the record says
/// about the layers is shown instead.
std::optional<Plan> read_plan_or_note(
    const Json& json, const fs::path& path, Notices& notices) {
  try {
    return plan_from_json(json, path.string());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::InvalidPlan) {
      throw;
    }
    notices.push_back(std::string(error.what()) + "; the plan is left out");
    return std::nullopt;
  }
}

void add_file(const fs::path& path, ReportData& data, RunReport& run) {
  const Json json = read_json(path);
  const std::string where = path.string();
  switch (kind_of(json, where)) {
    case FileKind::Plan:
      if (auto plan = read_plan_or_note(json, path, data.notices)) {
        set_once(run.plan, *std::move(plan), "plan", path);
      }
      break;
    case FileKind::Record:
      set_once(
          run.record,
          read_run_record(json, where, data.notices),
          "record",
          path);
      break;
    case FileKind::Front:
      set_once(data.front, read_front(json, where), "front", path);
      break;
    case FileKind::Study:
      set_once(data.study, read_study(json, where), "study", path);
      break;
    case FileKind::History:
      set_once(
          run.training,
          read_training_history(json, where, data.notices),
          "history",
          path);
      break;
  }
}

void add_folder(const fs::path& folder, ReportData& data, RunReport& run) {
  bool is_empty = true;
  std::error_code status;
  for (const char* name : kFileNames) {
    if (fs::exists(folder / name, status)) {
      add_file(folder / name, data, run);
      is_empty = false;
    }
  }
  OMPQ_CHECK(
      !is_empty,
      ErrorCode::NotFound,
      "{}: the folder has no record.json, plan.json, front.json, study.json or "
      "history.json; give a folder or a file that ompq wrote",
      folder.string());
}

void add_path(const fs::path& path, ReportData& data, RunReport& run) {
  std::error_code status;
  if (fs::is_directory(path, status)) {
    add_folder(path, data, run);
  } else {
    add_file(path, data, run);
  }
}

/// "out/small/" and "out/small" are called the same.
std::string shown_name(const fs::path& path) {
  const fs::path named =
      path.has_filename() ? path.filename() : path.parent_path().filename();
  return named.empty() ? path.string() : named.string();
}

/// What part of the report is about which model.
struct ModelOf {
  std::string part;
  std::string file;
  std::string hash;
};

void check_one_model(const ReportData& data) {
  std::vector<ModelOf> parts;
  for (const RunReport& run : data.runs) {
    if (run.plan) {
      parts.push_back({"the plan", run.plan->model_file, run.plan->model_hash});
    }
    if (run.record && !run.record->model_hash.empty()) {
      parts.push_back(
          {"the record", run.record->model_file, run.record->model_hash});
    }
  }
  if (data.front) {
    parts.push_back(
        {"the front", data.front->model_file, data.front->model_hash});
  }
  if (data.study) {
    parts.push_back(
        {"the study", data.study->model_file, data.study->model_hash});
  }
  for (const ModelOf& part : parts) {
    OMPQ_CHECK(
        part.hash == parts.front().hash,
        ErrorCode::InvalidPlan,
        "[report] {} is for another model ({}, {}) than {} ({}, {}); leave one "
        "out",
        part.part,
        part.file,
        part.hash,
        parts.front().part,
        parts.front().file,
        parts.front().hash);
  }
}

void check_same_layers(const RunReport& first, const RunReport& other) {
  const std::vector<ReportLayer> left = report_layers(first);
  const std::vector<ReportLayer> right = report_layers(other);
  for (const RunReport* run : {&first, &other}) {
    OMPQ_CHECK(
        run_totals(*run),
        ErrorCode::InvalidFile,
        "[compare] {}: holds no layers, so there is nothing to compare",
        run->name);
  }
  const auto fail_at = [&](const std::string& difference) {
    fail(
        ErrorCode::InvalidPlan,
        "[compare] {} ({}) and {} ({}) are for different models: {}; compare "
        "plans and runs of one model",
        first.name,
        model_file(first),
        other.name,
        model_file(other),
        difference);
  };
  if (left.size() != right.size()) {
    fail_at(fmt::format("{} and {} layers", left.size(), right.size()));
  }
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i].plan.name != right[i].plan.name ||
        left[i].plan.weights != right[i].plan.weights) {
      fail_at(fmt::format(
          "layer {} is '{}' with {} weights, and '{}' with {}",
          i + 1,
          left[i].plan.name,
          left[i].plan.weights,
          right[i].plan.name,
          right[i].plan.weights));
    }
  }
}

}  // namespace

ReportData open_report(const std::vector<fs::path>& paths) {
  ReportData data;
  RunReport run;
  for (const fs::path& path : paths) {
    add_path(path, data, run);
  }
  if (run.plan || run.record || run.training) {
    run.name = shown_name(paths.front());
    data.runs.push_back(std::move(run));
  }
  OMPQ_CHECK(
      !data.runs.empty() || data.front || data.study,
      ErrorCode::InvalidPlan,
      "{}",
      data.notices.empty() ? "nothing to report" : data.notices.front());
  check_one_model(data);
  return data;
}

ReportData open_comparison(const std::vector<fs::path>& paths) {
  ReportData data;
  for (const fs::path& path : paths) {
    ReportData single = open_report({path});
    OMPQ_CHECK(
        !single.runs.empty(),
        ErrorCode::InvalidFile,
        "[compare] {}: expected a plan or the folder of a run",
        path.string());
    check_same_layers(
        data.runs.empty() ? single.runs.front() : data.runs.front(),
        single.runs.front());
    RunReport& run = single.runs.front();
    const auto has_name = [&](const RunReport& other) {
      return other.name == run.name;
    };
    if (std::ranges::any_of(data.runs, has_name)) {
      run.name = path.string();
    }
    data.runs.push_back(std::move(run));
    for (std::string& notice : single.notices) {
      data.notices.push_back(std::move(notice));
    }
  }
  return data;
}

}  // namespace ompq
