// SPDX-License-Identifier: MIT
#include "ompq/data/epochs.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "ompq/core/error.h"
#include "ompq/data/subset.h"

namespace ompq {
namespace {

class Epochs : public Dataset {
 public:
  Epochs(std::shared_ptr<const Dataset> dataset, EpochsOptions options)
      : dataset_(std::move(dataset)),
        options_(std::move(options)),
        per_epoch_(
            std::min(options_.batch_size, dataset_->size()) *
            steps_per_epoch(*dataset_, options_.batch_size)),
        first_(
            options_.first_step *
            std::min(options_.batch_size, dataset_->size())) {}

  [[nodiscard]] std::int64_t size() const override {
    return std::max<std::int64_t>(options_.epochs * per_epoch_ - first_, 0);
  }
  [[nodiscard]] Sample get(std::int64_t index) const override;
  [[nodiscard]] std::string name(std::int64_t index) const override {
    return dataset_->name(source(index));
  }
  [[nodiscard]] bool has_labels() const override {
    return dataset_->has_labels();
  }
  [[nodiscard]] std::optional<std::int64_t> label(
      std::int64_t index) const override {
    return dataset_->label(source(index));
  }

 private:
  using Order = std::shared_ptr<const std::vector<std::int64_t>>;

  [[nodiscard]] std::uint64_t epoch_seed(std::int64_t epoch) const {
    return RandomStream::mix(
        options_.seed * 0x9E3779B97F4A7C15U +
        static_cast<std::uint64_t>(epoch) + 1);
  }

  /// Drawn once; the one before last is not read any more.
  [[nodiscard]] Order order_of(std::int64_t epoch) const {
    const std::lock_guard lock(mutex_);
    Order& order = orders_[epoch];
    if (!order) {
      order = std::make_shared<const std::vector<std::int64_t>>(random_indices(
          dataset_->size(), dataset_->size(), epoch_seed(epoch)));
      orders_.erase(orders_.begin(), orders_.lower_bound(epoch - 1));
    }
    return orders_.at(epoch);
  }

  [[nodiscard]] std::int64_t source(std::int64_t index) const {
    const std::int64_t position = first_ + index;
    return order_of(position / per_epoch_)
        ->at(static_cast<std::size_t>(position % per_epoch_));
  }

  std::shared_ptr<const Dataset> dataset_;
  EpochsOptions options_;
  std::int64_t per_epoch_;
  /// Examples that are left out at the beginning.
  std::int64_t first_;
  mutable std::mutex mutex_;
  /// Guarded by mutex_.
  mutable std::map<std::int64_t, Order> orders_;
};

Sample Epochs::get(std::int64_t index) const {
  const std::int64_t original = source(index);
  Sample sample = dataset_->get(original);
  if (!options_.augmentation.is_on()) {
    return sample;
  }
  OMPQ_CHECK(
      sample.image.has_value() && options_.input_shape.size() == 3,
      ErrorCode::InvalidArgument,
      "[data] {}: crops, flips and colours are for pictures, and this is an "
      "array of numbers; train without augmentation",
      dataset_->name(original));
  const std::int64_t epoch = (first_ + index) / per_epoch_;
  RandomStream random(RandomStream::mix(
      epoch_seed(epoch) ^ (static_cast<std::uint64_t>(original) << 20U)));
  sample.image = augment(
      *sample.image,
      options_.augmentation,
      options_.preprocessing,
      {options_.input_shape[1], options_.input_shape[2]},
      dataset_->name(original),
      random);
  return sample;
}

}  // namespace

std::int64_t steps_per_epoch(const Dataset& dataset, std::int64_t batch_size) {
  return std::max<std::int64_t>(dataset.size() / batch_size, 1);
}

std::shared_ptr<const Dataset> all_epochs(
    std::shared_ptr<const Dataset> dataset, const EpochsOptions& options) {
  OMPQ_CHECK(
      options.epochs >= 1 && options.batch_size >= 1 &&
          options.first_step >= 0 && dataset->size() >= 1,
      ErrorCode::InvalidArgument,
      "[data] {} epochs of {} examples in steps of {}; all must be at least 1",
      options.epochs,
      dataset->size(),
      options.batch_size);
  check_augmentation(options.augmentation);
  return std::make_shared<Epochs>(std::move(dataset), options);
}

}  // namespace ompq
