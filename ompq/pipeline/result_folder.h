// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/data/preprocessing.h"
#include "ompq/graph/prepared_model.h"

namespace ompq {

/// Where the results of a quantization lie.
struct ResultFolder {
  std::filesystem::path path;

  [[nodiscard]] std::filesystem::path model() const {
    return path / "model.onnx";
  }
  [[nodiscard]] std::filesystem::path plan() const {
    return path / "plan.json";
  }
  [[nodiscard]] std::filesystem::path record() const {
    return path / "record.json";
  }
  [[nodiscard]] std::filesystem::path report() const {
    return path / "report.html";
  }
  [[nodiscard]] std::filesystem::path checkpoint() const {
    return path / "checkpoint";
  }
};

/// The model that a path names: the file itself, or the model of a result
/// folder.
///
/// @throws Error{NotFound}  a folder without model.onnx
[[nodiscard]] OMPQ_API std::filesystem::path model_file_of(
    const std::filesystem::path& path);

/// The record of a result folder; absent for a file or a folder without one.
///
/// @throws Error{InvalidFile}  it is not JSON
[[nodiscard]] OMPQ_API std::optional<Json> record_of(
    const std::filesystem::path& path);

/// The preprocessing that a result folder's accuracy was measured with; that of
/// ImageNet for a file or a folder without a record.
///
/// @throws Error{InvalidFile}  the record is damaged; names the field
[[nodiscard]] OMPQ_API Preprocessing
preprocessing_of_result(const std::filesystem::path& path);

/// Makes the folder of a new run, or checks that an existing one may be used:
/// results of the same model are replaced; those of another model, or files of
/// the same names that are no results, are kept unless `force` is given. The
/// model itself is never overwritten.
///
/// @throws Error{InvalidArgument}  the folder holds something else
/// @throws Error{OutputFailed}     it cannot be made or written
OMPQ_API void prepare_result_folder(
    const ResultFolder& folder, const PreparedModel& model, bool force);

}  // namespace ompq
