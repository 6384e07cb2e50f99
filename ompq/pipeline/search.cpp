// SPDX-License-Identifier: MIT
#include "ompq/pipeline/search.h"

#include <chrono>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/core/option_table.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/measure_layers.h"
#include "ompq/pipeline/refine_plan.h"
#include "ompq/pipeline/width_allocator.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Inputs that a run may overwrite.
std::vector<Tensors> copies_of(const std::vector<Tensors>& micro_batches) {
  std::vector<Tensors> copies;
  for (const Tensors& inputs : micro_batches) {
    Tensors& row = copies.emplace_back();
    for (const at::Tensor& input : inputs) {
      row.push_back(input.clone());
    }
  }
  return copies;
}

/// Every option with its value, as the plan records it.
Json settings_json(SearchOptions options, const LayerMeasurement& measured) {
  Json settings = Json::object();
  settings["samples"] = measured.samples;
  if (measured.error_kind) {
    settings["error"] = enum_name(*measured.error_kind);
  }
  OptionTable table;
  options.describe(table);
  for (const OptionRecord& record : table.records()) {
    settings[record.name] = record.text();
  }
  return settings;
}

}  // namespace

Plan search(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const SearchOptions& options,
    const InputOptions& input_options,
    Observer& observer) {
  check_search_options(model, options);
  const bool is_refined = options.refine_s > 0.0;
  std::vector<Tensors> inputs;
  if (needs_images(options.score) || is_refined) {
    inputs = load_inputs(
        model, std::move(dataset), preprocessing, input_options, observer);
  }
  const LayerMeasurement measured =
      needs_images(options.score)
          ? measure_layers(
                model,
                is_refined ? copies_of(inputs) : std::move(inputs),
                options,
                observer)
          : LayerMeasurement{};

  const auto start = Clock::now();
  observer.begin_stage("allocation", 0);
  const WidthAllocator allocator(model, measured, options);
  Plan plan = allocator.allocate();
  if (plan.solver->degenerate_coefficients) {
    observer.warn(
        "no layer's value depends on its bits (all importances or errors are "
        "0); every plan within the budgets is as good. Try a smaller --beta or "
        "another --score");
  }
  plan.preprocessing = to_json(preprocessing);
  plan.settings = settings_json(options, measured);
  observer.end_stage(seconds_since(start));
  if (is_refined) {
    plan = refine_plan(model, inputs, allocator, plan, options, observer);
  }
  return plan;
}

}  // namespace ompq
