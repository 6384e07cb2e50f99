// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "ompq/allocation/importance.h"
#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/pipeline/layer_measurement.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/layer_table.h"

namespace ompq {

/// What an allocation maximises.
struct Objective {
  LayerValue value;
  /// One per layer where the value is a coefficient times the bits; else empty.
  std::vector<double> coefficients;
};

/// The value v_i(b) of b bits for layer i under the score of the options:
///
///   ompq        c_i b, c_i the mean of theta_j over j >= i
///   ompq-error  -theta_i error_i(b)
///   sqnr, fisher, taylor, hawq, kl   -error_i(b)
///   size        b
///   random      c_i b, c_i drawn from the seed, uniform in (0, 1]
///
/// Where several activation widths are allowed and their errors were measured
/// (tells_activations()), the error of the layer's is added to error_i.
///
/// Where a decreasing function makes theta negative, its smallest value is
/// taken off, as for the coefficients of `ompq`.
///
/// @param measured    what the score needs
/// @param importance  of the layers, for `ompq` and `ompq-error`
/// @return a value that throws Error{InvalidPlan} for a width whose error was
///         not measured
/// @throws Error{InvalidPlan}  what the score needs was not measured
[[nodiscard]] OMPQ_API Objective make_objective(
    const LayerTable& layers,
    const LayerMeasurement& measured,
    const std::optional<Importance>& importance,
    const SearchOptions& options);

}  // namespace ompq
