// SPDX-License-Identifier: MIT
#include "ompq/pipeline/measure_layers.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/stopwatch.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/measure_orthogonality.h"
#include "ompq/sensitivity/layer_errors.h"

namespace ompq {
namespace {

ErrorTables measure_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const SearchOptions& options,
    ErrorKind kind,
    Observer& observer) {
  const Stopwatch stopwatch;
  const std::vector<int>& activations =
      options.budget.activation_bits.choices.widths;
  const LayerErrorOptions what{
      .kind = kind,
      .widths = all_widths(model, options),
      .activation_widths =
          activations.size() > 1 ? activations : std::vector<int>{},
      .grids = options.grids,
      .seed = options.seed};
  observer.begin_stage(
      "errors", error_steps(what, count_samples(micro_batches)));
  ErrorTables errors =
      measure_error_tables(model, micro_batches, what, observer);
  observer.end_stage(stopwatch.seconds());
  return errors;
}

}  // namespace

std::vector<std::vector<int>> all_widths(
    const PreparedModel& model, const SearchOptions& options) {
  const WidthRules rules = problem_options(model, options.budget).widths;
  std::vector<std::vector<int>> result;
  for (const LayerWidths& own : layer_widths(model.layers.layers, rules)) {
    std::vector<int>& widths = result.emplace_back(rules.weight_bits);
    widths.insert(widths.end(), own.weight_bits.begin(), own.weight_bits.end());
    std::ranges::sort(widths);
    const auto repeated = std::ranges::unique(widths);
    widths.erase(repeated.begin(), repeated.end());
  }
  return result;
}

LayerMeasurement measure_layers(
    const PreparedModel& model,
    std::vector<Tensors> micro_batches,
    const SearchOptions& options,
    Observer& observer) {
  LayerMeasurement result{.error_kind = error_of(options.score)};
  result.samples = count_samples(micro_batches);
  if (result.error_kind) {
    ErrorTables tables = measure_errors(
        model, micro_batches, options, *result.error_kind, observer);
    result.errors = std::move(tables.weights);
    result.activation_errors = std::move(tables.activations);
  }
  if (needs_orthogonality(options.score)) {
    const Stopwatch stopwatch;
    observer.begin_stage("orthogonality", std::ssize(model.layers.layers));
    result.orthogonality = measure_orthogonality(
        model,
        std::move(micro_batches),
        {.features = options.features,
         .kind = options.orm,
         .resamples = options.bootstrap,
         .seed = options.seed},
        observer);
    observer.end_stage(stopwatch.seconds());
  }
  return result;
}

}  // namespace ompq
