// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// A plan as the JSON document of plan.json; totals are computed. The same plan
/// gives the same document.
[[nodiscard]] OMPQ_API Json plan_to_json(const Plan& plan);

/// Reads a plan from a JSON document, field by field. Totals and what is used
/// of each budget are computed from the layers; what the document says about
/// them is ignored, so that widths may be edited by hand.
///
/// @param where  begins every message, e.g. "plan.json"
/// @throws Error{InvalidPlan}  a field is missing, unknown (names the nearest
///                             known one) or has the wrong type or range; the
///                             version is not the one this library knows
[[nodiscard]] OMPQ_API Plan
plan_from_json(const Json& json, const std::string& where);

/// Text of a plan for people: two spaces of indent, each layer and each row of
/// the orthogonality matrix on a line of its own; ends with a line feed.
[[nodiscard]] OMPQ_API std::string plan_to_text(const Plan& plan);

}  // namespace ompq
