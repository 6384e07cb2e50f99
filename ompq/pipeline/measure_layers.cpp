// SPDX-License-Identifier: MIT
#include "ompq/pipeline/measure_layers.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/measure_orthogonality.h"
#include "ompq/sensitivity/layer_errors.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

LayerErrors measure_errors(
    const PreparedModel& model,
    const std::vector<Tensors>& micro_batches,
    const SearchOptions& options,
    ErrorKind kind,
    Observer& observer) {
  const auto start = Clock::now();
  observer.begin_stage("errors", 0);
  LayerErrors errors = measure_layer_errors(
      model,
      micro_batches,
      {.kind = kind,
       .widths = all_widths(model, options),
       .grids = options.grids,
       .seed = options.seed},
      observer);
  observer.end_stage(seconds_since(start));
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
  for (const Tensors& inputs : micro_batches) {
    result.samples += inputs.front().size(0);
  }
  if (result.error_kind) {
    result.errors = measure_errors(
        model, micro_batches, options, *result.error_kind, observer);
  }
  if (needs_orthogonality(options.score)) {
    const auto start = Clock::now();
    observer.begin_stage("orthogonality", std::ssize(model.layers.layers));
    result.orthogonality = measure_orthogonality(
        model,
        std::move(micro_batches),
        {.features = options.features,
         .kind = options.orm,
         .resamples = options.bootstrap,
         .seed = options.seed},
        observer);
    observer.end_stage(seconds_since(start));
  }
  return result;
}

}  // namespace ompq
