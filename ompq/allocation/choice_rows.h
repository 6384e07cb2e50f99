// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "ompq/allocation/choice_program.h"
#include "ompq/allocation/linear_program.h"

namespace ompq::detail {

/// A multiple-choice programme as rows: one 0-1 variable per choice, in the
/// order of the classes. Costs count from the cheapest choice of each class and
/// are divided by their common divisor, so that rows hold small integers.
struct ChoiceRows {
  /// Rows: the K budgets, then one per class, then the ties. The objective
  /// counts from the first choice of each class.
  LinearProgram linear;
  /// Cost units of one unit of each budget row.
  std::vector<double> budget_units;
};

/// @param program  no empty class
[[nodiscard]] ChoiceRows to_rows(const ChoiceProgram& program);

}  // namespace ompq::detail
