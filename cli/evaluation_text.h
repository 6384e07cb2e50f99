// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/core/json_file.h"
#include "ompq/pipeline/evaluate.h"

namespace ompq {

/// One line: accuracies, images, time.
[[nodiscard]] std::string to_text(const Evaluation& evaluation);

/// The same with all counts, shares in [0, 1].
[[nodiscard]] Json to_json(const Evaluation& evaluation);

}  // namespace ompq
