// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/plan.h"

namespace ompq {

/// The plan in which every layer has the same width, except pinned ones and the
/// ends. Needs no images.
///
/// @param options  with a single width of weights and at most one of
///                 activations
/// @throws Error{InvalidArgument}  several widths, or a pin that fits no layer
/// @throws Error{Unsupported}      no quantizable layer
[[nodiscard]] OMPQ_API Plan
uniform_width_plan(const PreparedModel& model, const SearchOptions& options);

/// A plan from a file, made complete for quantization.
///
/// @param activation_bits  for layers whose activation the plan leaves open;
///                         absent = they stay float
/// @param layout           how the file will be laid out; the plan's size model
///                         becomes that of its own widths in this layout
/// @throws Error{InvalidPlan}  made for another model, or a width of weights
///                             above 8 bits; names the layer
/// @throws Error{Infeasible}   the plan kept a budget in bytes that the file
///                             would exceed in this layout
[[nodiscard]] OMPQ_API Plan complete_plan(
    const PreparedModel& model,
    Plan plan,
    std::optional<int> activation_bits,
    const PackedLayout& layout = {});

/// What a plan promises of the packed file: its budget in bytes, if the plan
/// keeps it (one that was edited need not).
[[nodiscard]] OMPQ_API std::optional<Bytes> promised_size(const Plan& plan);

}  // namespace ompq
