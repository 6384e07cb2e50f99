// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ompq/allocation/choice_program.h"

namespace ompq::detail {

/// A programme in which each group of tied classes has become one class.
struct MergedProgram {
  /// Without ties.
  ChoiceProgram program;
  /// Original classes of each class.
  std::vector<std::vector<std::size_t>> members;
  /// Choice of each member for each choice of each class.
  std::vector<std::vector<Chosen>> picks;

  /// The same decision in terms of the original programme.
  [[nodiscard]] Chosen to_original(const Chosen& chosen) const;
};

/// Merges tied classes: a choice of the merged class is a combination of
/// choices with equal labels; combinations that another one dominates are left
/// out.
///
/// @return nothing if a class is tied in two ways, or there are too many
///         combinations; branch and cut takes such programmes as they are
[[nodiscard]] std::optional<MergedProgram> merge_ties(
    const ChoiceProgram& program);

}  // namespace ompq::detail
