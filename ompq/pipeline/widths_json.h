// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// The widths of each layer as text, by name: what a run under a plan depends
/// on.
[[nodiscard]] OMPQ_API Json widths_json(const Plan& plan);

}  // namespace ompq
