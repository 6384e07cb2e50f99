// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ompq/core/error.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// Example i is the array [i, i] with label i; those of `bad` are damaged.
class CountingDataset : public Dataset {
 public:
  explicit CountingDataset(
      std::int64_t size,
      std::set<std::int64_t> bad = {},
      ErrorCode code = ErrorCode::InvalidData)
      : size_(size), bad_(std::move(bad)), code_(code) {}

  [[nodiscard]] std::int64_t size() const override { return size_; }
  [[nodiscard]] Sample get(std::int64_t index) const override {
    if (bad_.contains(index)) {
      fail(code_, "{}: damaged", name(index));
    }
    Sample sample;
    sample.tensor = std::vector<float>(2, static_cast<float>(index));
    sample.shape = {2};
    sample.label = index;
    return sample;
  }
  [[nodiscard]] std::string name(std::int64_t index) const override {
    return "example " + std::to_string(index);
  }
  [[nodiscard]] bool has_labels() const override { return true; }

 private:
  std::int64_t size_;
  std::set<std::int64_t> bad_;
  ErrorCode code_;
};

}  // namespace ompq
