// SPDX-License-Identifier: MIT
#include "ompq/data/labels.h"

#include <utility>

#include "ompq/core/error.h"

namespace ompq {
namespace {

class LabelledDataset : public Dataset {
 public:
  LabelledDataset(
      std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> labels)
      : dataset_(std::move(dataset)), labels_(std::move(labels)) {}

  [[nodiscard]] std::int64_t size() const override { return dataset_->size(); }
  [[nodiscard]] Sample get(std::int64_t index) const override {
    Sample sample = dataset_->get(index);
    sample.label = label(index);
    return sample;
  }
  [[nodiscard]] std::string name(std::int64_t index) const override {
    return dataset_->name(index);
  }
  [[nodiscard]] bool has_labels() const override { return true; }
  [[nodiscard]] std::optional<std::int64_t> label(
      std::int64_t index) const override {
    return labels_.at(static_cast<std::size_t>(index));
  }

 private:
  std::shared_ptr<const Dataset> dataset_;
  std::vector<std::int64_t> labels_;
};

}  // namespace

std::vector<std::int64_t> read_labels(const std::filesystem::path& path) {
  return labels_of(read_npy(path));
}

std::vector<std::int64_t> labels_of(const NpyArray& array) {
  const auto& shape = array.shape;
  OMPQ_CHECK(
      shape.size() == 1 || (shape.size() == 2 && shape[1] == 1),
      ErrorCode::InvalidData,
      "{}: labels must have shape [N], got {}",
      array.name,
      shape_text(shape));
  std::vector<std::int64_t> labels = read_integers(array);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    OMPQ_CHECK(
        labels[i] >= 0,
        ErrorCode::InvalidData,
        "{}, row {}: label {} is negative",
        array.name,
        i,
        labels[i]);
  }
  return labels;
}

std::shared_ptr<const Dataset> with_labels(
    std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> labels) {
  OMPQ_CHECK(
      std::cmp_equal(labels.size(), dataset->size()),
      ErrorCode::InvalidData,
      "[labels] {} labels for {} examples; there must be one for each",
      labels.size(),
      dataset->size());
  return std::make_shared<LabelledDataset>(
      std::move(dataset), std::move(labels));
}

void check_labels(const Dataset& dataset, std::int64_t class_count) {
  OMPQ_CHECK(
      dataset.has_labels(),
      ErrorCode::InvalidData,
      "[labels] the data have no labels; give class folders, a labels.csv or "
      "--labels FILE.npy");
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    const auto label = dataset.label(i);
    OMPQ_CHECK(
        label && *label >= 0 && *label < class_count,
        ErrorCode::InvalidData,
        "{}: label {} is outside the {} classes of the model (0 to {})",
        dataset.name(i),
        label.value_or(-1),
        class_count,
        class_count - 1);
  }
}

}  // namespace ompq
