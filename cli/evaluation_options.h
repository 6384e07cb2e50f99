// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "ompq/data/preprocessing.h"
#include "ompq/pipeline/data_options.h"
#include "ompq/pipeline/example_set.h"

namespace ompq {

/// The data that the accuracy is measured on. Scale, mean and so on are those
/// of the calibration data.
struct EvaluationOptions {
  std::optional<std::filesystem::path> data;
  std::optional<std::filesystem::path> labels;
  /// 0 = all.
  std::int64_t samples = 0;
  std::optional<SizeRule> resize;
  std::optional<SizeRule> crop;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    visit(
        data,
        {.name = "eval",
         .help = "labelled images to measure the accuracy on, before and "
                 "after; other ones than those of --calib",
         .placeholder = "DATA"});
    visit(
        labels,
        {.name = "eval-labels",
         .help = "class of each example of --eval, as .npy",
         .empty_means = "from the data"});
    visit(
        samples,
        {.name = "eval-samples",
         .help = "examples of --eval to use, 0 = all",
         .low = 0});
    visit(
        resize,
        {.name = "eval-resize",
         .help = "--resize for --eval",
         .empty_means = "as --resize"});
    visit(
        crop,
        {.name = "eval-crop",
         .help = "--crop for --eval",
         .empty_means = "as --crop"});
  }
};

/// Checks what no single option can know.
///
/// @throws Error{InvalidArgument}  other options without --eval
/// @throws Error{NotFound}         a file that is not there
void check_evaluation(const EvaluationOptions& evaluation);

/// The labelled examples of the options.
///
/// @param preprocessing  of the calibration data
/// @return nothing if no data are given
/// @throws Error{InvalidData}  the data have no labels
[[nodiscard]] std::optional<ExampleSet> open_evaluation(
    const EvaluationOptions& evaluation,
    Preprocessing preprocessing,
    std::uint64_t seed);

}  // namespace ompq
