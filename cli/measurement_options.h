// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "ompq/pipeline/data_options.h"

namespace ompq {

/// Images to measure layers on, or a plan that holds what was measured.
struct MeasurementOptions {
  std::optional<std::filesystem::path> calib;
  std::optional<std::filesystem::path> reuse;
  SelectionOptions selection{.samples = 64};
  PreprocessOptions preprocess;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit.begin_group("Calibration data");
    visit(
        calib,
        {.name = "calib",
         .help = "a few images like those the network will see; see 'ompq help "
                 "data'",
         .placeholder = "DATA"});
    visit(
        reuse,
        {.name = "reuse",
         .help = "take what was measured in this plan of the same model "
                 "instead of --calib; needs no images and no time"});
    selection.describe(visit);
    preprocess.describe(visit);
  }
};

/// Checks that images or a plan are given where something must be measured,
/// and that they exist.
///
/// @param needed   whether they are
/// @param command  whose help says more
/// @throws Error{InvalidArgument, NotFound}
void check_measurement(
    const MeasurementOptions& options, bool needed, std::string_view command);

/// Images that run through the network together.
struct MicroBatchOptions {
  std::int64_t images = 0;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        images,
        {.name = "micro-batch",
         .help = "images that run through the network together, 0 = as many "
                 "as fit the processor's cache; results do not depend on it",
         .low = 0,
         .high = 65536});
  }
};

}  // namespace ompq
