// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/core/json_file.h"
#include "ompq/pipeline/train_progress.h"
#include "ompq/training/history.h"

namespace ompq {

/// "epoch 2 of 3, loss 0.412, 88.1 %, 410 images/s": what the progress bar says
/// of a training. Waiting for data is named from 5 % of the time on.
[[nodiscard]] std::string stage_text(const TrainProgress& progress);

/// "epoch 2: loss 0.398, 88.4 %; held out: loss 0.411, 87.6 %".
[[nodiscard]] std::string epoch_text(const EpochRow& row);

/// The epochs of a record's `training` as a table, with a line on speed.
[[nodiscard]] std::string training_rows(
    const Json& training, std::int64_t width);

}  // namespace ompq
