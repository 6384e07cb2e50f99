// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "ompq/core/export.h"
#include "ompq/reconstruction/reconstruction_options.h"

namespace ompq {

/// What an effort means in numbers.
struct EffortSettings {
  /// Gradient steps of each unit; 0: second-order rounding only.
  int iterations = 0;
  /// Gradient steps of the whole network after its units.
  int joint_iterations = 0;
  /// Positions in the second moments of a layer: this often its columns, and
  /// at least `least_positions`.
  std::int64_t positions_per_column = 0;
  std::int64_t least_positions = 0;
};

/// The settings of the options: those of the effort, replaced by what the
/// options say themselves.
[[nodiscard]] OMPQ_API EffortSettings
effort_settings(const ReconstructionOptions& options);

}  // namespace ompq
