// SPDX-License-Identifier: MIT
#include "ompq/pipeline/load_inputs.h"

#include <optional>
#include <utility>

#include "ompq/core/stopwatch.h"

namespace ompq {

LoadedExamples load_examples(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    InputOptions options,
    Observer& observer) {
  const Stopwatch stopwatch;
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
  LoadedExamples loaded;
  std::int64_t done = 0;
  while (const std::optional<Batch> batch = loader->next()) {
    loaded.micro_batches.push_back(to_inputs(*batch, example));
    loaded.labels.insert(
        loaded.labels.end(), batch->labels.begin(), batch->labels.end());
    done += batch->count;
    observer.advance(done);
  }
  observer.end_stage(stopwatch.seconds());
  return loaded;
}

std::vector<Tensors> load_inputs(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    InputOptions options,
    Observer& observer) {
  return load_examples(
             model,
             std::move(dataset),
             preprocessing,
             std::move(options),
             observer)
      .micro_batches;
}

}  // namespace ompq
