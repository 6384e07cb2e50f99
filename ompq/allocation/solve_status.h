// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "ompq/core/export.h"

namespace ompq {

/// How a solver ended.
enum class SolveStatus {
  /// The solution is proved to be the best.
  Optimal,
  /// A solution that keeps every constraint; the proof was not finished in
  /// time.
  Feasible,
  /// No solution keeps every constraint.
  Infeasible,
};

/// "optimal", "feasible", "infeasible".
[[nodiscard]] constexpr std::string_view to_string(SolveStatus status) {
  switch (status) {
    case SolveStatus::Optimal:
      return "optimal";
    case SolveStatus::Feasible:
      return "feasible";
    case SolveStatus::Infeasible:
      return "infeasible";
  }
  return "infeasible";
}

}  // namespace ompq
