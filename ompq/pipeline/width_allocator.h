// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ompq/allocation/allocate.h"
#include "ompq/allocation/importance.h"
#include "ompq/allocation/problem.h"
#include "ompq/core/export.h"
#include "ompq/graph/prepared_model.h"
#include "ompq/pipeline/layer_measurement.h"
#include "ompq/pipeline/objective.h"
#include "ompq/pipeline/search_options.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/plan.h"

namespace ompq {
namespace detail {

/// gamma, shared within the groups of the options, and what follows from it.
struct SharedImportance {
  std::vector<double> gamma;
  Importance of;
};

}  // namespace detail

/// Finds widths for any number of budgets: what does not depend on their limits
/// is computed once.
class OMPQ_API WidthAllocator {
 public:
  /// @param model     must outlive the allocator
  /// @param measured  what the score of the options needs
  /// @throws Error{InvalidPlan}  what the score needs was not measured
  /// @throws Error{InvalidArgument, Degenerate}  as search()
  WidthAllocator(
      const PreparedModel& model,
      LayerMeasurement measured,
      SearchOptions options);

  /// The best plan within the budgets of the options and further ones.
  ///
  /// @return everything but the preprocessing and the settings
  /// @throws Error{Infeasible}  no plan keeps the budgets
  [[nodiscard]] Plan allocate(const std::vector<Budget>& further = {}) const;

  /// Says of each budget what 1 % more of it alone would bring; by solving
  /// again. Nothing where the score has no values, or the
  /// plan is not proved.
  ///
  /// @param plan  allocate() of the options' budgets
  void explain_prices(Plan& plan) const;

  /// The problem of the options' budgets.
  [[nodiscard]] AllocationProblem problem() const;

  /// The objective of any plan; higher is better. 0 where the score has no
  /// values.
  ///
  /// @throws Error{InvalidPlan}  a width whose error was not measured
  [[nodiscard]] double value_of(const BitPlan& plan) const;

  /// Plans within the budgets of the options for the objective with the
  /// differences between errors made smaller: v to -(-v)^p, p = 3/4 and 1/2.
  /// None where the score is no error.
  [[nodiscard]] std::vector<BitPlan> flatter_plans() const;

  /// A plan with these widths, which need not be the best ones.
  ///
  /// @param method  how they were found
  /// @param best    the plan that allocate() gives for the same budgets
  [[nodiscard]] Plan with_widths(
      const Plan& best, const BitPlan& widths, const std::string& method) const;

 private:
  [[nodiscard]] Allocation allocate_within(
      const ProblemOptions& settings) const;

  const PreparedModel* model_;
  LayerMeasurement measured_;
  SearchOptions options_;
  ProblemOptions settings_;
  std::optional<detail::SharedImportance> importance_;
  /// Empty where the score has no values.
  Objective objective_;
};

}  // namespace ompq
