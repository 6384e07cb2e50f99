// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "ompq/core/export.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// Writes plan.json, whole or not at all. The same plan gives the same bytes.
///
/// @throws Error{OutputFailed}
OMPQ_API void write_plan(const std::filesystem::path& path, const Plan& plan);

/// Reads plan.json; see plan_from_json(). Messages name the file and the field:
/// `plan.json: layers[3].weight_bits: expected an integer from 1 to 16, got
/// "four"`.
///
/// @throws Error{NotFound}     no such file
/// @throws Error{InvalidFile}  not JSON; names line and column
/// @throws Error{InvalidPlan}  a field is wrong
[[nodiscard]] OMPQ_API Plan read_plan(const std::filesystem::path& path);

}  // namespace ompq
