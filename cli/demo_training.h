// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/quantization_record.h"

#include "cli/command_demo.h"

namespace ompq {

class Console;

/// Trains the bundled network with weights of 2 bits for one epoch and measures
/// it before and after; its files go to a folder for temporary files and away
/// with it.
///
/// @throws Error{OutputFailed}  no such folder can be made
[[nodiscard]] QuantizationRecord train_demo(
    const PreparedModel& model, const DemoOptions& options, Console& console);

/// What it came to.
[[nodiscard]] std::string demo_training_text(
    const QuantizationRecord& record, std::int64_t width);

}  // namespace ompq
