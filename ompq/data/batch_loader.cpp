// SPDX-License-Identifier: MIT
#include "ompq/data/batch_loader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/batch_buffer.h"

namespace ompq {
namespace {

/// A batch in the making: row r holds example first + r.
struct PendingBatch {
  std::int64_t first = 0;
  std::int64_t count = 0;
  std::int64_t unfinished = 0;
  std::shared_ptr<float[]> data;
  std::vector<std::optional<std::int64_t>> labels;
  std::vector<std::exception_ptr> errors;
};

/// The message of an error that skip_bad forgives; others are thrown.
std::string forgiven_message(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::InvalidData ||
        error.code() == ErrorCode::InvalidFile ||
        error.code() == ErrorCode::NotFound) {
      return error.what();
    }
    throw;
  }
}

}  // namespace

/// The threads and what they share. Batches are opened in order and examples
/// handed out one by one, so a slow picture delays nobody but its batch.
class BatchLoader::Workers {
 public:
  Workers(
      std::shared_ptr<const Dataset> dataset,
      Preprocessor preprocessor,
      const BatchLoaderOptions& options,
      Observer& observer);
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() { stop(); }

  [[nodiscard]] std::optional<Batch> next();
  [[nodiscard]] const std::vector<std::string>& skipped() const {
    return skipped_;
  }

 private:
  struct Task {
    std::shared_ptr<PendingBatch> batch;
    std::int64_t row;
  };

  void stop();
  void work();
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] std::optional<Task> next_task();
  void run(const Task& task) const;
  [[nodiscard]] std::shared_ptr<PendingBatch> oldest_finished();
  [[nodiscard]] Batch assemble(const PendingBatch& pending);
  void skip(std::int64_t index, const std::exception_ptr& error);

  std::shared_ptr<const Dataset> dataset_;
  Preprocessor preprocessor_;
  BatchLoaderOptions options_;
  Observer& observer_;
  std::shared_ptr<detail::BufferPool> pool_;
  std::vector<std::string> skipped_;

  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable finished_;
  /// Guarded by mutex_: batches not yet returned, oldest first; the next
  /// example to hand out; whether to give up.
  std::deque<std::shared_ptr<PendingBatch>> pending_;
  std::int64_t next_example_ = 0;
  bool is_stopped_ = false;

  std::vector<std::jthread> threads_;
};

BatchLoader::Workers::Workers(
    std::shared_ptr<const Dataset> dataset,
    Preprocessor preprocessor,
    const BatchLoaderOptions& options,
    Observer& observer)
    : dataset_(std::move(dataset)),
      preprocessor_(std::move(preprocessor)),
      options_(options),
      observer_(observer),
      pool_(detail::BufferPool::create(
          preprocessor_.element_count() *
          std::min(options.batch_size, dataset_->size()))) {
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { work(); });
  }
}

void BatchLoader::Workers::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
  }
  room_.notify_all();
  threads_.clear();
}

void BatchLoader::Workers::work() {
  while (const std::optional<Task> task = next_task()) {
    run(*task);
    const std::lock_guard lock(mutex_);
    if (--task->batch->unfinished == 0) {
      finished_.notify_all();
    }
  }
}

/// True if an example may be handed out now.
bool BatchLoader::Workers::has_room() const {
  const bool is_inside_batch =
      !pending_.empty() &&
      next_example_ < pending_.back()->first + pending_.back()->count;
  return is_inside_batch ||
         std::cmp_less_equal(pending_.size(), options_.prefetch);
}

std::optional<BatchLoader::Workers::Task> BatchLoader::Workers::next_task() {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] {
    return is_stopped_ || next_example_ == dataset_->size() || has_room();
  });
  if (is_stopped_ || next_example_ == dataset_->size()) {
    return std::nullopt;
  }
  if (pending_.empty() ||
      next_example_ == pending_.back()->first + pending_.back()->count) {
    auto batch = std::make_shared<PendingBatch>();
    batch->first = next_example_;
    batch->count =
        std::min(options_.batch_size, dataset_->size() - next_example_);
    batch->unfinished = batch->count;
    batch->data = pool_->take();
    batch->labels.resize(static_cast<std::size_t>(batch->count));
    batch->errors.resize(static_cast<std::size_t>(batch->count));
    pending_.push_back(std::move(batch));
  }
  const std::int64_t row = next_example_ - pending_.back()->first;
  ++next_example_;
  return Task{pending_.back(), row};
}

void BatchLoader::Workers::run(const Task& task) const {
  PendingBatch& batch = *task.batch;
  const auto row = static_cast<std::size_t>(task.row);
  const std::int64_t index = batch.first + task.row;
  const std::int64_t size = preprocessor_.element_count();
  try {
    const Sample sample = dataset_->get(index);
    batch.labels[row] = sample.label;
    preprocessor_.write(
        sample,
        dataset_->name(index),
        {batch.data.get() + task.row * size, static_cast<std::size_t>(size)});
  } catch (...) {
    batch.errors[row] = std::current_exception();
  }
}

/// Waits for the oldest batch; null after the last one.
std::shared_ptr<PendingBatch> BatchLoader::Workers::oldest_finished() {
  std::unique_lock lock(mutex_);
  finished_.wait(lock, [this] {
    const bool is_done = pending_.empty() ? next_example_ == dataset_->size()
                                          : pending_.front()->unfinished == 0;
    return is_stopped_ || is_done;
  });
  if (is_stopped_ || pending_.empty()) {
    return nullptr;
  }
  auto batch = std::move(pending_.front());
  pending_.pop_front();
  room_.notify_all();
  return batch;
}

void BatchLoader::Workers::skip(
    std::int64_t index, const std::exception_ptr& error) {
  const std::string message = forgiven_message(error);
  skipped_.push_back(dataset_->name(index));
  observer_.warn(fmt::format("skipped: {}", message));
  OMPQ_CHECK(
      std::cmp_less(skipped_.size(), dataset_->size()),
      ErrorCode::InvalidData,
      "[data] none of the {} examples could be read; the last problem: {}",
      dataset_->size(),
      message);
}

/// The good rows of a finished batch, moved together.
Batch BatchLoader::Workers::assemble(const PendingBatch& pending) {
  Batch batch;
  batch.data = pending.data;
  batch.element_count = preprocessor_.element_count();
  for (std::int64_t row = 0; row < pending.count; ++row) {
    const auto position = static_cast<std::size_t>(row);
    const std::int64_t index = pending.first + row;
    if (const auto& error = pending.errors[position]) {
      if (!options_.skip_bad) {
        std::rethrow_exception(error);
      }
      skip(index, error);
      continue;
    }
    if (batch.count != row) {
      std::copy_n(
          batch.data.get() + row * batch.element_count,
          batch.element_count,
          batch.data.get() + batch.count * batch.element_count);
    }
    if (pending.labels[position]) {
      batch.labels.push_back(*pending.labels[position]);
    }
    batch.names.push_back(dataset_->name(index));
    batch.indices.push_back(index);
    ++batch.count;
  }
  return batch;
}

std::optional<Batch> BatchLoader::Workers::next() {
  try {
    while (const auto pending = oldest_finished()) {
      OMPQ_CHECK(
          !observer_.interrupted(), ErrorCode::Interrupted, "interrupted");
      Batch batch = assemble(*pending);
      if (batch.count > 0) {
        return batch;
      }
    }
    return std::nullopt;
  } catch (...) {
    stop();
    throw;
  }
}

BatchLoader::BatchLoader(
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    std::vector<std::int64_t> input_shape,
    const BatchLoaderOptions& options,
    Observer& observer) {
  OMPQ_CHECK(
      options.batch_size >= 1 && options.threads >= 1 && options.prefetch >= 0,
      ErrorCode::InvalidArgument,
      "[data] batch size {} and threads {} must be at least 1, prefetch {} at "
      "least 0",
      options.batch_size,
      options.threads,
      options.prefetch);
  workers_ = std::make_unique<Workers>(
      std::move(dataset),
      Preprocessor(preprocessing, std::move(input_shape), options.layout),
      options,
      observer);
}

BatchLoader::~BatchLoader() = default;

std::optional<Batch> BatchLoader::next() {
  return workers_->next();
}

const std::vector<std::string>& BatchLoader::skipped() const {
  return workers_->skipped();
}

}  // namespace ompq
