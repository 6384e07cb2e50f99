// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/json_file.h"
#include "ompq/core/matrix.h"
#include "ompq/plan/bit_plan.h"
#include "ompq/plan/budget.h"
#include "ompq/plan/layer_table.h"
#include "ompq/plan/size_model.h"

namespace ompq {

/// Version of plan.json that this library writes and reads.
inline constexpr int kPlanVersion = 1;

/// A range that holds a quantity with a stated probability.
struct Interval {
  double low = 0.0;
  double high = 0.0;

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// One layer of a plan: what it is, what was measured, what was chosen.
struct PlanLayer {
  /// Name of the ONNX node; identifies the layer.
  std::string name;
  LayerKind kind = LayerKind::Conv;
  std::int64_t weights = 0;
  std::int64_t output_channels = 0;
  /// Multiply-accumulates for one sample; 0 = not known.
  std::int64_t macs = 0;
  LayerBits bits;
  /// Row sum of the orthogonality matrix less one, [0, L - 1].
  std::optional<double> gamma;
  /// Bootstrap interval of gamma over the inputs.
  std::optional<Interval> gamma_interval;
  /// Importance after the decreasing function.
  std::optional<double> theta;
  /// Weight of the layer's bits in the objective.
  std::optional<double> coefficient;
  /// Measured error when only this layer has the width (key, in bits).
  std::map<int, double> error_per_width;
  /// Measured error when only what this layer reads has the width.
  std::map<int, double> activation_error_per_width;

  friend bool operator==(const PlanLayer&, const PlanLayer&) = default;
};

/// Other widths for one layer.
struct PlanStep {
  /// Name of the layer.
  std::string layer;
  LayerBits from;
  LayerBits to;

  friend bool operator==(const PlanStep&, const PlanStep&) = default;
};

/// What the best plan for a larger budget has over this one.
struct PlanGain {
  /// Of the objective, >= 0.
  double gain = 0.0;
  /// The layers whose widths differ, in graph order.
  std::vector<PlanStep> steps;

  friend bool operator==(const PlanGain&, const PlanGain&) = default;
};

/// A budget, what the plan uses of it and what more of it would be worth.
struct PlanBudget {
  Budget budget;
  /// In the budget's unit; recomputed when a plan is read, if totals tell.
  double used = 0.0;
  /// Gain of the objective per unit of the budget (dual of the linear
  /// relaxation); absent if no solver ran. Higher = the budget binds harder.
  std::optional<double> shadow_price;
  /// What 1 % more of this budget alone would bring; absent if not computed.
  std::optional<PlanGain> one_percent_more;

  friend bool operator==(const PlanBudget&, const PlanBudget&) = default;
};

/// How the widths were found.
struct PlanSolver {
  /// "core", "enumeration", "branch-and-cut", "uniform", ...
  std::string method;
  /// "optimal" or "feasible" (stopped at the time limit).
  std::string status;
  /// Value of the plan; higher is better.
  double objective = 0.0;
  /// No plan within the budgets is better than this.
  double bound = 0.0;
  /// (bound - objective) / max(|objective|, tiny); 0 = proved optimal.
  double gap = 0.0;
  /// Optimum of the paper's linear programme with continuous widths.
  std::optional<double> linear_objective;
  /// True if the coefficients cannot rank the layers (all equal to 0, say).
  bool degenerate_coefficients = false;

  friend bool operator==(const PlanSolver&, const PlanSolver&) = default;
};

/// Everything in plan.json: a bit width for every layer of one model, with the
/// numbers behind the choice.
struct Plan {
  /// File name (without folder) of the model the plan was made for.
  std::string model_file;
  /// Hash of that file, e.g. "sha256:9f86d0...".
  std::string model_hash;
  /// Preprocessing of the calibration images, as the data stage wrote it.
  Json preprocessing = Json::object();
  /// Settings of the search, as the pipeline wrote them.
  Json settings = Json::object();
  std::uint64_t seed = 0;
  std::vector<PlanLayer> layers;
  FileSizeModel size_model;
  std::vector<PlanBudget> budgets;
  std::optional<PlanSolver> solver;
  /// Orthogonality of each pair of layers, [L, L]; empty if not measured.
  Matrix orm;

  friend bool operator==(const Plan&, const Plan&) = default;
};

/// The widths of a plan.
[[nodiscard]] OMPQ_API BitPlan bit_plan(const Plan& plan);

/// The layers of a plan; fields that a plan does not hold keep their defaults.
[[nodiscard]] OMPQ_API LayerTable layer_table(const Plan& plan);

/// Totals of a plan, from its layers, widths and size model.
[[nodiscard]] OMPQ_API PlanTotals plan_totals(const Plan& plan);

/// Rows of a plan for the layers of a model, with the given widths.
///
/// @throws Error{InvalidPlan}  the numbers of layers differ
[[nodiscard]] OMPQ_API std::vector<PlanLayer> plan_layers(
    const LayerTable& layers, const BitPlan& bits);

/// Checks that a plan was made for this model.
///
/// @param plan        the plan
/// @param layers      quantizable layers of the model
/// @param model_hash  hash of the model file, as in Plan::model_hash
/// @throws Error{InvalidPlan}  another hash (names both), or layers that are
///                             missing, unknown, in another order, or of
///                             another size (names them)
OMPQ_API void check_plan_fits(
    const Plan& plan, const LayerTable& layers, const std::string& model_hash);

}  // namespace ompq
