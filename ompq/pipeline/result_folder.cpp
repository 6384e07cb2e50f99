// SPDX-License-Identifier: MIT
#include "ompq/pipeline/result_folder.h"

#include <string>

#include <unistd.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

namespace fs = std::filesystem;

/// Hash of the model whose results the folder holds; "" if none can be read.
std::string hash_of_result(const ResultFolder& folder) {
  try {
    const Json record = read_json(folder.record());
    return JsonReader(record, folder.record().string(), ErrorCode::InvalidFile)
        .at("model")
        .at("hash")
        .as_string();
  } catch (const Error&) {
    return {};
  }
}

void check_may_replace(const ResultFolder& folder, const PreparedModel& model) {
  std::error_code status;
  if (fs::exists(folder.record(), status)) {
    const std::string hash = hash_of_result(folder);
    OMPQ_CHECK(
        hash == model.model_hash,
        ErrorCode::InvalidArgument,
        "[quantize] {}: the folder holds the results of another model ({}); "
        "give another folder, or --force to replace them",
        folder.path.string(),
        hash.empty() ? "unreadable record.json" : hash);
    return;
  }
  // A run that stopped after the reconstruction has these files as well.
  if (fs::exists(folder.checkpoint(), status)) {
    return;
  }
  for (const fs::path& file :
       {folder.model(), folder.plan(), folder.report()}) {
    OMPQ_CHECK(
        !fs::exists(file, status),
        ErrorCode::InvalidArgument,
        "[quantize] {}: the file exists and is no result of ompq quantize; "
        "give another folder, or --force to replace it",
        file.string());
  }
}

}  // namespace

fs::path model_file_of(const fs::path& path) {
  std::error_code status;
  if (!fs::is_directory(path, status)) {
    return path;
  }
  const fs::path model = ResultFolder{path}.model();
  OMPQ_CHECK(
      fs::exists(model, status),
      ErrorCode::NotFound,
      "{}: the folder has no model.onnx; give an ONNX file or a folder that "
      "ompq quantize wrote",
      path.string());
  return model;
}

std::optional<Json> record_of(const fs::path& path) {
  std::error_code status;
  const ResultFolder folder{path};
  if (!fs::is_directory(path, status) || !fs::exists(folder.record(), status)) {
    return std::nullopt;
  }
  return read_json(folder.record());
}

Preprocessing preprocessing_of_result(const fs::path& path) {
  const std::optional<Json> record = record_of(path);
  if (!record.has_value()) {
    return preprocessing_of(PreprocessingPreset::ImageNet);
  }
  return read_preprocessing(
      JsonReader(
          *record, ResultFolder{path}.record().string(), ErrorCode::InvalidFile)
          .at("preprocessing"));
}

void prepare_result_folder(
    const ResultFolder& folder, const PreparedModel& model, bool force) {
  std::error_code status;
  fs::create_directories(folder.path, status);
  OMPQ_CHECK(
      fs::is_directory(folder.path) &&
          ::access(folder.path.c_str(), W_OK | X_OK) == 0,
      ErrorCode::OutputFailed,
      "[quantize] {}: the folder cannot be made or written{}{}",
      folder.path.string(),
      status ? ": " : "",
      status ? status.message() : "");
  OMPQ_CHECK(
      !fs::equivalent(folder.model(), model.path, status),
      ErrorCode::InvalidArgument,
      "[quantize] {}: this is the model itself; give another folder",
      folder.model().string());
  if (!force) {
    check_may_replace(folder, model);
  }
}

}  // namespace ompq
