// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/pipeline/search_options.h"

namespace ompq {

/// One way to choose widths, compared with others.
struct StudySetting {
  std::string name;
  /// Calibration images that it is measured on, the first ones.
  std::int64_t samples = 0;
  /// What it changes of the options.
  std::function<void(SearchOptions&)> apply;
};

/// Every score and control.
[[nodiscard]] OMPQ_API std::vector<StudySetting> score_settings(
    std::int64_t samples);

/// The paper's score with one setting changed at a time: decreasing function,
/// beta, granularity, estimate, what stands for a layer, number of images (8,
/// 16, ... up to `samples`).
[[nodiscard]] OMPQ_API std::vector<StudySetting> ablation_settings(
    std::int64_t samples);

/// Equal for options that measure the same.
[[nodiscard]] OMPQ_API std::string measurement_key(
    const SearchOptions& options, std::int64_t samples);

}  // namespace ompq
