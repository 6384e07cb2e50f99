// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/report/run_record.h"
#include "ompq/report/section_reader.h"

namespace ompq {

/// True for a document with a list of epochs: what a training writes down.
[[nodiscard]] OMPQ_API bool is_training_history(const Json& json);

/// Reads a training's history: every number of its epochs becomes a curve,
/// those of an object inside under both names, "validation loss". Without
/// epochs its steps are taken. Numbers that some epochs lack have shorter
/// curves; an epoch that is no object is left out with a notice.
[[nodiscard]] OMPQ_API TrainingHistory read_training_history(
    const Json& json, const std::string& where, Notices& notices);

}  // namespace ompq
