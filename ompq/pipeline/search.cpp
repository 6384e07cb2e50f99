// SPDX-License-Identifier: MIT
#include "ompq/pipeline/search.h"

#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/core/option_table.h"
#include "ompq/core/stopwatch.h"
#include "ompq/engine/micro_batches.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/measure_layers.h"
#include "ompq/pipeline/refine_plan.h"
#include "ompq/pipeline/width_allocator.h"

namespace ompq {
namespace {

/// Says so where nothing tells the activation widths apart.
void warn_of_activations(const SearchOptions& options, Observer& observer) {
  const auto error = error_of(options.score);
  if (options.budget.activation_bits.choices.widths.size() > 1 &&
      !(error && tells_activations(*error))) {
    observer.warn(fmt::format(
        "--score {} knows no errors of activations, so that they get the "
        "smallest width that saves anything; balanced, fisher, sqnr and "
        "ompq-error do",
        enum_name(options.score)));
  }
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

/// What the score needs; a score of Auto is decided here, by what the network
/// has.
LayerMeasurement measure(
    const PreparedModel& model,
    const std::vector<Tensors>& inputs,
    SearchOptions& options,
    Observer& observer) {
  if (!needs_images(options.score)) {
    return {};
  }
  // Orthogonality overwrites what it runs.
  const auto measure_by = [&](Score score) {
    options.score = score;
    return measure_layers(
        model,
        needs_orthogonality(score) ? copy_micro_batches(inputs) : inputs,
        options,
        observer);
  };
  if (options.score != Score::Auto) {
    return measure_by(options.score);
  }
  try {
    return measure_by(Score::Balanced);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::Unsupported) {
      throw;
    }
    observer.warn(
        fmt::format("{}; the widths are chosen by --score sqnr", error.what()));
  }
  return measure_by(Score::Sqnr);
}

}  // namespace

Plan search(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const SearchOptions& search_options,
    const InputOptions& input_options,
    Observer& observer) {
  SearchOptions options = search_options;
  check_search_options(model, options);
  const bool is_refined = options.refine_s > 0.0;
  std::vector<Tensors> inputs;
  if (needs_images(options.score) || is_refined) {
    inputs = load_inputs(
        model, std::move(dataset), preprocessing, input_options, observer);
  }
  const LayerMeasurement measured = measure(model, inputs, options, observer);
  warn_of_activations(options, observer);

  const Stopwatch stopwatch;
  observer.begin_stage("allocation", 0);
  const WidthAllocator allocator(model, measured, options);
  Plan plan = allocator.allocate();
  allocator.explain_prices(plan);
  if (plan.solver->degenerate_coefficients) {
    observer.warn(
        "no layer's value depends on its bits (all importances or errors are "
        "0); every plan within the budgets is as good. Try a smaller --beta or "
        "another --score");
  }
  plan.preprocessing = to_json(preprocessing);
  plan.settings = settings_json(options, measured);
  observer.end_stage(stopwatch.seconds());
  if (is_refined) {
    plan = refine_plan(model, inputs, allocator, plan, options, observer);
  }
  return plan;
}

}  // namespace ompq
