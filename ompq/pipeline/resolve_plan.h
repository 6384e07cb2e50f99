// SPDX-License-Identifier: MIT
#pragma once

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/layer_measurement.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// What a plan holds of the measurement that it was made of.
///
/// @throws Error{InvalidPlan}  its settings name an unknown kind of error
[[nodiscard]] OMPQ_API LayerMeasurement measurement_of(const Plan& plan);

/// Settings of a plan that is solved again: those of the options, and those
/// that describe what was measured.
[[nodiscard]] OMPQ_API Json
reused_settings(const Plan& measured, const SearchOptions& options);

/// The options with the score that the plan was made by in place of Auto: the
/// one that its settings name, or else one for what it holds.
///
/// @throws Error{InvalidPlan}  Auto, and the plan holds nothing that was
/// measured
[[nodiscard]] OMPQ_API SearchOptions
with_score_of(const Plan& measured, SearchOptions options);

/// Finds other widths from what a plan holds, without images and without
/// tensors: another budget, other widths, another score.
///
/// @param measured  a plan of the same model, with what the score needs: its
///                  ORM matrix, errors of all widths
/// @param options   everything but the measurement: `orm`, `features` and
///                  `bootstrap` are those of `measured`
/// @throws Error{InvalidPlan}  another model, no ORM matrix, errors of another
///                             kind, or none of a width; names the layer
/// @throws as allocate_widths()
[[nodiscard]] OMPQ_API Plan resolve_plan(
    const PreparedModel& model,
    const Plan& measured,
    const SearchOptions& options);

/// The plan of a score that measures nothing.
///
/// @throws Error{InvalidPlan}  the score needs images
/// @throws as allocate_widths()
[[nodiscard]] OMPQ_API Plan
plan_without_images(const PreparedModel& model, const SearchOptions& options);

}  // namespace ompq
