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
          .iterations = 300,
          .positions_per_column = 40,
          .least_positions = 8192};
      break;
    case Effort::Thorough:
      settings = {
          .iterations = 2000,
          .positions_per_column = 80,
          .least_positions = 16384};
      break;
  }
  if (options.method == RoundingMethod::Nearest) {
    settings.iterations = 0;
  } else if (options.iterations.has_value()) {
    settings.iterations = *options.iterations;
  }
  return settings;
}

}  // namespace ompq
