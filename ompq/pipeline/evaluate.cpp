// SPDX-License-Identifier: MIT
#include "ompq/pipeline/evaluate.h"

#include <optional>
#include <span>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/core/stopwatch.h"
#include "ompq/engine/network.h"
#include "ompq/metrics/accuracy.h"
#include "ompq/pipeline/class_scores.h"

namespace ompq {
namespace {

void add_batch(
    AccuracyMeter& meter, const Batch& batch, const at::Tensor& output) {
  const at::Tensor scores = class_scores(output, batch.count);
  const auto classes = static_cast<std::size_t>(scores.size(1));
  const float* data = scores.data_ptr<float>();
  for (std::size_t i = 0; i < batch.labels.size(); ++i) {
    const std::span<const float> row(data + i * classes, classes);
    OMPQ_CHECK(
        batch.labels[i] >= 0 &&
            batch.labels[i] < static_cast<std::int64_t>(classes),
        ErrorCode::InvalidData,
        "[eval] {}: label {} is outside the network's classes 0 to {}",
        batch.names[i],
        batch.labels[i],
        classes - 1);
    meter.add(row, batch.labels[i]);
  }
}

}  // namespace

Evaluation evaluate(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const InputOptions& options,
    Observer& observer) {
  OMPQ_CHECK(
      dataset->has_labels(),
      ErrorCode::InvalidData,
      "[eval] the data have no labels; give class folders, a labels.csv, or "
      "--labels FILE.npy");
  const Stopwatch stopwatch;
  const Shape example = example_shape(model);
  observer.begin_stage("eval", dataset->size());
  const auto loader =
      open_batches(model, dataset, preprocessing, options, observer);
  const Network network(model.graph);
  AccuracyMeter meter;
  while (const std::optional<Batch> batch = loader->next()) {
    const auto outputs = network.run({to_inputs(*batch, example)});
    add_batch(meter, *batch, outputs.front().front());
    observer.advance(
        meter.images() + static_cast<std::int64_t>(loader->skipped().size()));
  }
  const double seconds = stopwatch.seconds();
  observer.end_stage(seconds);
  return {
      .images = meter.images(),
      .skipped = static_cast<std::int64_t>(loader->skipped().size()),
      .top1_hits = meter.top1_hits(),
      .top5_hits = meter.top5_hits(),
      .top1 = meter.top1(),
      .top5 = meter.top5(),
      .seconds = seconds};
}

}  // namespace ompq
