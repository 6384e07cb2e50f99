// SPDX-License-Identifier: MIT
#include "ompq/pipeline/search.h"

#include <chrono>
#include <optional>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/core/option_table.h"
#include "ompq/pipeline/allocate_widths.h"
#include "ompq/pipeline/measure_orthogonality.h"

namespace ompq {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<Tensors> load_inputs(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    InputOptions options,
    Observer& observer) {
  const auto start = Clock::now();
  observer.begin_stage("decode", dataset->size());
  // All samples stay in memory for the run, so nothing is gained by waiting.
  // Every value is kept for all samples, so small slices save no cache here.
  constexpr std::int64_t kSlice = 16;
  options.micro_batch = micro_batch_for(
      model, options.micro_batch > 0 ? options.micro_batch : kSlice);
  options.prefetch = dataset->size() / options.micro_batch + 1;
  const Shape example = example_shape(model);
  const auto loader =
      open_batches(model, std::move(dataset), preprocessing, options, observer);
  std::vector<Tensors> micro_batches;
  std::int64_t done = 0;
  while (const std::optional<Batch> batch = loader->next()) {
    micro_batches.push_back(to_inputs(*batch, example));
    done += batch->count;
    observer.advance(done);
  }
  observer.end_stage(seconds_since(start));
  return micro_batches;
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
