// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

#include "ompq/allocation/importance.h"
#include "ompq/core/option_text.h"
#include "ompq/graph/feature_values.h"
#include "ompq/orthogonality/granularity.h"
#include "ompq/orthogonality/orm.h"
#include "ompq/pipeline/budget_options.h"
#include "ompq/sensitivity/score.h"
#include "ompq/sensitivity/weight_grids.h"

namespace ompq {

/// How the widths are found from the coefficients.
enum class SolverKind {
  /// The exact integer programme, proved optimal.
  Integer,
  /// The paper's linear programme, its widths rounded down.
  Linear,
};

template <>
struct EnumNames<SolverKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"ilp"}, SolverKind::Integer},
      std::pair{std::string_view{"lp"}, SolverKind::Linear}};
};

template <>
struct EnumNames<FeatureKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"layer"}, FeatureKind::Layer},
      std::pair{std::string_view{"activation"}, FeatureKind::Activation}};
};

template <>
struct EnumNames<OrmKind> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"raw"}, OrmKind::Raw},
      std::pair{std::string_view{"centred"}, OrmKind::Centred},
      std::pair{std::string_view{"unbiased"}, OrmKind::Unbiased}};
};

template <>
struct EnumNames<Granularity> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"layer"}, Granularity::Layer},
      std::pair{std::string_view{"block"}, Granularity::Block},
      std::pair{std::string_view{"stage"}, Granularity::Stage},
      std::pair{std::string_view{"net"}, Granularity::Net}};
};

template <>
struct EnumNames<DecreasingFunction> {
  static constexpr std::array kNames{
      std::pair{std::string_view{"exp"}, DecreasingFunction::Exponential},
      std::pair{std::string_view{"log"}, DecreasingFunction::Logarithm},
      std::pair{std::string_view{"linear"}, DecreasingFunction::Linear},
      std::pair{std::string_view{"cube"}, DecreasingFunction::Cube},
      std::pair{
          std::string_view{"negative-exp"},
          DecreasingFunction::NegativeExponential}};
};

/// How a plan is found.
struct SearchOptions {
  BudgetOptions budget;
  Score score = Score::Auto;
  OrmKind orm = OrmKind::Raw;
  FeatureKind features = FeatureKind::Layer;
  Granularity granularity = Granularity::Layer;
  DecreasingFunction decreasing = DecreasingFunction::Exponential;
  double beta = 0.1;
  std::int64_t bootstrap = 100;
  SolverKind solver = SolverKind::Integer;
  double time_limit_s = 60.0;
  double refine_s = 0.0;
  std::uint64_t seed = 0;
  /// Grids of the weights whose errors are measured; those of quantize().
  WeightGrids grids;

  template <typename Visitor>
  void describe(Visitor&& visit) {
    budget.describe(visit);
    visit(
        score,
        {.name = "score",
         .help = "what makes a width good: by gradients where there are any, "
                 "orthogonality as in the paper, with the measured error, the "
                 "error alone, or a control"});
    visit(
        orm,
        {.name = "orm",
         .help = "estimate of the orthogonality: raw as in the paper, centred "
                 "as in its authors' code, or unbiased"});
    visit(
        features,
        {.name = "features",
         .help = "what stands for a layer: its output before the activation, "
                 "or after it"});
    visit(
        granularity,
        {.name = "granularity", .help = "layers that share one importance"});
    visit(
        decreasing,
        {.name = "decreasing",
         .help = "from gamma to importance: exp(-beta g), -log g, -g, -g^3 or "
                 "-exp(g)"});
    visit(
        beta,
        {.name = "beta",
         .help = "steepness of exp(-beta gamma)",
         .low = 1e-12,
         .high = 1e6});
    visit(
        bootstrap,
        {.name = "bootstrap",
         .help = "random halves of the images for the interval of gamma, 0 = "
                 "no interval",
         .low = 0,
         .high = 100000});
    visit(
        solver,
        {.name = "solver",
         .help = "exact integer programme, or the paper's linear programme "
                 "with widths rounded down"});
    visit(
        time_limit_s,
        {.name = "time-limit",
         .help = "longest time for the solver; then the best plan so far",
         .unit = "s",
         .low = 0.01,
         .high = 1e6});
    visit(
        refine_s,
        {.name = "refine",
         .help = "time for a local search on the measured divergence of the "
                 "network's output with all layers rounded, 0 = none; needs "
                 "hundreds of images",
         .unit = "s",
         .low = 0,
         .high = 1e6});
  }
};

}  // namespace ompq
