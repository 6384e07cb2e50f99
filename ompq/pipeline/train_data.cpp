// SPDX-License-Identifier: MIT
#include "ompq/pipeline/train_data.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/core/sha256.h"
#include "ompq/data/epochs.h"
#include "ompq/data/subset.h"

namespace ompq {
namespace {

void add_number(Sha256& hash, std::int64_t number) {
  hash.add(fmt::format("{},", number));
}

void add_pixels(Sha256& hash, const Sample& sample) {
  if (sample.image) {
    const auto& pixels = sample.image->pixels;
    hash.add({reinterpret_cast<const char*>(pixels.data()), pixels.size()});
  } else {
    const auto& numbers = *sample.tensor;
    hash.add(
        {reinterpret_cast<const char*>(numbers.data()),
         numbers.size() * sizeof(float)});
  }
}

}  // namespace

HeldOut hold_out(
    const std::shared_ptr<const Dataset>& dataset,
    double share,
    std::uint64_t seed) {
  const std::int64_t size = dataset->size();
  const std::int64_t held = std::min<std::int64_t>(
      std::llround(share * static_cast<double>(size)), size - 1);
  if (held <= 0) {
    return {dataset, nullptr};
  }
  const std::vector<std::int64_t> order = random_indices(size, size, seed);
  const auto cut = order.begin() + held;
  // In the order of the files again, so that reading goes forwards.
  std::vector<std::int64_t> validation(order.begin(), cut);
  std::vector<std::int64_t> training(cut, order.end());
  std::ranges::sort(validation);
  std::ranges::sort(training);
  return {
      select_examples(dataset, std::move(training)),
      select_examples(dataset, std::move(validation))};
}

void check_training_labels(
    const Dataset& dataset,
    std::int64_t classes,
    double distillation,
    Observer& observer) {
  if (!dataset.has_labels()) {
    OMPQ_CHECK(
        distillation > 0.0,
        ErrorCode::InvalidArgument,
        "[train] the data have no labels; give class folders, a labels.csv or "
        "--labels FILE.npy, or --distill 1 to learn from the float network");
    return;
  }
  std::set<std::int64_t> seen;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const std::optional<std::int64_t> label = dataset.label(i);
    OMPQ_CHECK(
        label && *label >= 0 && *label < classes,
        ErrorCode::InvalidData,
        "[train] {}: label {} is outside the network's classes 0 to {}",
        dataset.name(i),
        label.value_or(-1),
        classes - 1);
    seen.insert(*label);
  }
  if (seen.size() == 1 && distillation < 1.0) {
    observer.warn(fmt::format(
        "all {} training examples have the label {}: the network will learn to "
        "answer nothing else; check the labels, or learn from the float "
        "network alone: --distill 1",
        dataset.size(),
        *seen.begin()));
  }
}

Json dataset_identity(const Dataset& dataset) {
  constexpr std::int64_t kShown = 16;
  Sha256 hash;
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    hash.add(dataset.name(i));
    add_number(hash, dataset.label(i).value_or(-1));
  }
  const std::int64_t shown = std::min(kShown, dataset.size());
  for (std::int64_t i = 0; i < shown; ++i) {
    const std::int64_t index = i * dataset.size() / shown;
    try {
      add_pixels(hash, dataset.get(index));
    } catch (const Error&) {
      // A damaged example is what the run is about, if it meets it.
      add_number(hash, index);
    }
  }
  return {{"examples", dataset.size()}, {"content", hash.hexadecimal()}};
}

std::unique_ptr<BatchLoader> open_epochs(
    const TrainingTask& task,
    const TrainRunOptions& options,
    std::int64_t first_step,
    Observer& observer) {
  Preprocessing preprocessing = task.training.preprocessing;
  auto epochs = all_epochs(
      task.training.dataset,
      {.epochs = options.training.epochs,
       .batch_size = options.training.batch_size,
       .first_step = first_step,
       .augmentation = options.augmentation,
       .preprocessing = preprocessing,
       .input_shape = example_shape(task.model),
       .seed = options.seed});
  if (options.augmentation.is_on()) {
    // What is cut at random has the network's size already.
    preprocessing.resize = {.kind = SizeRule::Kind::None};
    preprocessing.crop = {.kind = SizeRule::Kind::None};
  }
  InputOptions input = options.input;
  input.micro_batch =
      std::min(options.training.batch_size, task.training.dataset->size());
  return open_batches(
      task.model, std::move(epochs), preprocessing, input, observer);
}

}  // namespace ompq
