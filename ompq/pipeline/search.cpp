// SPDX-License-Identifier: MIT
#include "ompq/pipeline/search.h"

#include <chrono>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/core/option_table.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/load_inputs.h"
#include "ompq/pipeline/measure_orthogonality.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Every option with its value, as the plan records it.
Json settings_json(SearchOptions options, std::int64_t samples) {
  Json settings = Json::object();
  settings["samples"] = samples;
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
  std::vector<Tensors> micro_batches = load_inputs(
      model, std::move(dataset), preprocessing, input_options, observer);

  auto start = Clock::now();
  observer.begin_stage(
      "orthogonality", static_cast<std::int64_t>(model.layers.layers.size()));
  const Orthogonality orthogonality = measure_orthogonality(
      model,
      std::move(micro_batches),
      {.features = options.features,
       .kind = options.orm,
       .resamples = options.bootstrap,
       .seed = options.seed},
      observer);
  observer.end_stage(seconds_since(start));

  start = Clock::now();
  observer.begin_stage("allocation", 0);
  Plan plan = allocate_widths(model, orthogonality, options);
  if (plan.solver->degenerate_coefficients) {
    observer.warn(
        "no layer's importance depends on the measurement (all are equal to "
        "0); "
        "every plan within the budgets is as good. Try a smaller --beta");
  }
  plan.preprocessing = to_json(preprocessing);
  plan.settings = settings_json(options, orthogonality.samples);
  observer.end_stage(seconds_since(start));
  return plan;
}

}  // namespace ompq
