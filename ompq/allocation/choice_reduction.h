// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

#include "ompq/allocation/choice_program.h"

namespace ompq::detail {

/// A programme with fewer choices that has the same optimum.
struct ReducedProgram {
  ChoiceProgram program;
  /// Index in the original class of each choice that is left.
  std::vector<std::vector<std::size_t>> original;

  /// The same decision in terms of the original programme.
  [[nodiscard]] Chosen to_original(const Chosen& chosen) const;
};

/// Nothing removed.
[[nodiscard]] ReducedProgram unreduced(ChoiceProgram program);

/// Keeps the choices whose flag is set.
[[nodiscard]] ReducedProgram keep(
    const ReducedProgram& reduced, const std::vector<std::vector<bool>>& flags);

/// Removes choices that no solution within the budgets can contain, even with
/// the cheapest choice everywhere else. A class may end up empty: the programme
/// is infeasible then.
[[nodiscard]] ReducedProgram remove_oversized(const ReducedProgram& reduced);

/// Removes choices for which another one of the class has at least the value,
/// at most each cost, and the same labels where the class is tied. Among equal
/// ones the first stays.
[[nodiscard]] ReducedProgram remove_dominated(const ReducedProgram& reduced);

/// True if some class has no choice left.
[[nodiscard]] bool has_empty_class(const ChoiceProgram& program);

}  // namespace ompq::detail
