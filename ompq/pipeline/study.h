// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/example_set.h"
#include "ompq/pipeline/network_input.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/pipeline/study_options.h"
#include "ompq/pipeline/study_report.h"

namespace ompq {

/// Compares all scores and controls: at each budget the accuracy of the plan
/// that a score chooses, and how well the score orders random plans of that
/// budget. A score that the network lacks (no gradients) is left out with a
/// warning.
///
/// @param calibration  images that scores are measured on; every one is used
/// @param evaluation   labelled images, others than those; all are kept in
///                     memory
/// @param search       widths, pins and settings of the scores; its budgets
///                     hold besides the study's
/// @throws as search() and evaluate()
[[nodiscard]] OMPQ_API StudyReport study(
    const PreparedModel& model,
    const ExampleSet& calibration,
    const ExampleSet& evaluation,
    const SearchOptions& search,
    const StudyOptions& options,
    const InputOptions& input_options = {},
    Observer& observer = silent_observer());

}  // namespace ompq
