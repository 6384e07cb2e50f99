// SPDX-License-Identifier: MIT
#include "ompq/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ompq {
namespace {

double fall(const TrainingOptions& options, double epochs_done) {
  switch (options.schedule) {
    case ScheduleKind::Cosine: {
      const double progress =
          std::min(epochs_done / static_cast<double>(options.epochs), 1.0);
      return 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    }
    case ScheduleKind::Step: {
      const auto passed = std::ranges::count_if(
          options.milestones, [&](std::int64_t milestone) {
            return static_cast<double>(milestone) <= epochs_done;
          });
      return std::pow(options.decay, static_cast<double>(passed));
    }
    case ScheduleKind::Constant:
      break;
  }
  return 1.0;
}

}  // namespace

double learning_rate_at(
    const TrainingOptions& options,
    std::int64_t step,
    std::int64_t steps_per_epoch) {
  const double done =
      (static_cast<double>(step) + 0.5) / static_cast<double>(steps_per_epoch);
  const double rise =
      options.warm_up > 0.0 ? std::min(done / options.warm_up, 1.0) : 1.0;
  return options.learning_rate * rise * fall(options, done);
}

}  // namespace ompq
