// SPDX-License-Identifier: MIT
#include "ompq/data/subset.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

class SelectedDataset : public Dataset {
 public:
  SelectedDataset(
      std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices)
      : dataset_(std::move(dataset)), indices_(std::move(indices)) {}

  [[nodiscard]] std::int64_t size() const override {
    return static_cast<std::int64_t>(indices_.size());
  }
  [[nodiscard]] Sample get(std::int64_t index) const override {
    return dataset_->get(source(index));
  }
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
  [[nodiscard]] std::int64_t source(std::int64_t index) const {
    return indices_.at(static_cast<std::size_t>(index));
  }

  std::shared_ptr<const Dataset> dataset_;
  std::vector<std::int64_t> indices_;
};

/// Uniform in [0, bound). The library's distributions differ between
/// implementations; this does not.
std::uint64_t draw_below(std::mt19937_64& generator, std::uint64_t bound) {
  // Values past the last whole multiple of bound would favour small results.
  const std::uint64_t limit =
      std::mt19937_64::max() - std::mt19937_64::max() % bound;
  std::uint64_t value = generator();
  while (value >= limit) {
    value = generator();
  }
  return value % bound;
}

}  // namespace

std::vector<std::int64_t> random_indices(
    std::int64_t size, std::int64_t count, std::uint64_t seed) {
  OMPQ_CHECK(
      count >= 0 && count <= size,
      ErrorCode::InvalidArgument,
      "[subset] cannot choose {} of {} examples",
      count,
      size);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(size));
  std::iota(indices.begin(), indices.end(), 0);
  std::mt19937_64 generator(seed);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const std::size_t other = i + draw_below(generator, indices.size() - i);
    std::swap(indices[i], indices[other]);
  }
  indices.resize(static_cast<std::size_t>(count));
  return indices;
}

std::shared_ptr<const Dataset> select_examples(
    std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices) {
  for (const std::int64_t index : indices) {
    OMPQ_CHECK(
        index >= 0 && index < dataset->size(),
        ErrorCode::InvalidArgument,
        "[subset] example {} of {}",
        index,
        dataset->size());
  }
  return std::make_shared<SelectedDataset>(
      std::move(dataset), std::move(indices));
}

std::shared_ptr<const Dataset> subset(
    std::shared_ptr<const Dataset> dataset, const SubsetOptions& options) {
  OMPQ_CHECK(
      options.count >= 1,
      ErrorCode::InvalidArgument,
      "[subset] the number of samples must be at least 1, got {}",
      options.count);
  const std::int64_t count = std::min(options.count, dataset->size());
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  if (options.order == SampleOrder::Random) {
    indices = random_indices(dataset->size(), count, options.seed);
  } else {
    std::iota(indices.begin(), indices.end(), 0);
  }
  return select_examples(std::move(dataset), std::move(indices));
}

}  // namespace ompq
