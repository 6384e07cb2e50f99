// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// One way to decide a class, say a pair of widths of a layer.
struct Choice {
  /// Gain; higher is better.
  double value = 0.0;
  /// What it uses of each budget, >= 0, in the budget's smallest unit.
  std::vector<std::int64_t> costs;
  /// Labels that tied classes must have in common, one per kind of tie.
  std::array<int, 2> labels{};
};

/// The multiple-choice programme: from each class take exactly one choice,
///
///   maximise sum value  subject to  sum costs[k] <= limits[k] for every k
///
/// and equal labels within each group of tied classes. Costs are integers, so
/// that a budget is kept exactly.
struct ChoiceProgram {
  std::vector<std::vector<Choice>> classes;
  std::vector<std::int64_t> limits;
  /// For each kind of tie the group of each class; -1 = not tied, empty = no
  /// ties of the kind.
  std::array<std::vector<int>, 2> tie_groups;

  /// Number of budgets, K.
  [[nodiscard]] std::size_t budgets() const { return limits.size(); }
  /// True if no class is tied to another one.
  [[nodiscard]] bool is_free() const {
    return tie_groups[0].empty() && tie_groups[1].empty();
  }
  /// True if class `index` is tied by the kind.
  [[nodiscard]] bool is_tied(std::size_t kind, std::size_t index) const {
    return !tie_groups[kind].empty() && tie_groups[kind][index] >= 0;
  }
};

/// One index of a choice per class.
using Chosen = std::vector<std::size_t>;

/// Checks that a programme is well formed.
///
/// @throws Error{InvalidArgument}  a class is empty, a value is not finite, a
///                                 cost is negative, or a length is wrong
OMPQ_API void check_choice_program(const ChoiceProgram& program);

/// Sum of the values, in the order of the classes.
[[nodiscard]] OMPQ_API double value_of(
    const ChoiceProgram& program, const Chosen& chosen);

/// Sum of the costs of each budget.
[[nodiscard]] OMPQ_API std::vector<std::int64_t> costs_of(
    const ChoiceProgram& program, const Chosen& chosen);

/// True if every budget is kept and tied classes have equal labels.
[[nodiscard]] OMPQ_API bool is_feasible(
    const ChoiceProgram& program, const Chosen& chosen);

}  // namespace ompq
