// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/reconstruction/unit_problem.h"
#include "ompq/reconstruction/unit_result.h"

namespace ompq {

/// The unit's layers and activations as plain numbers, without reports.
[[nodiscard]] UnitResult to_result(const UnitProblem& unit);

/// Puts a result's numbers into the unit: the inverse of to_result().
///
/// @throws Error{InvalidFile}  the result is not of this unit
void restore(UnitProblem& unit, const UnitResult& result);

}  // namespace ompq
