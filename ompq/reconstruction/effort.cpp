// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/effort.h"

namespace ompq {

EffortSettings effort_settings(const ReconstructionOptions& options) {
  EffortSettings settings;
  switch (options.effort) {
    case Effort::Fast:
      settings = {
          .iterations = 0, .positions_per_column = 20, .least_positions = 4096};
      break;
    case Effort::Normal:
      settings = {
          .iterations = 250,
          .positions_per_column = 40,
          .least_positions = 8192};
      break;
    case Effort::Thorough:
      settings = {
          .iterations = 1000,
          .joint_iterations = 300,
          .positions_per_column = 80,
          .least_positions = 16384};
      break;
  }
  settings.iterations = options.iterations.value_or(settings.iterations);
  settings.joint_iterations =
      options.joint_iterations.value_or(settings.joint_iterations);
  if (options.method == RoundingMethod::Nearest) {
    settings.iterations = 0;
  }
  if (options.method != RoundingMethod::Block) {
    settings.joint_iterations = 0;
  }
  return settings;
}

}  // namespace ompq
