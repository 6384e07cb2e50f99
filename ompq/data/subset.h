// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/data/dataset.h"

namespace ompq {

/// Which examples a subset takes.
enum class SampleOrder {
  /// Without replacement, by the seed; the same on every machine.
  Random,
  /// The first ones.
  First,
};

/// How to choose from a dataset.
struct SubsetOptions {
  /// Number of examples; all of a smaller dataset.
  std::int64_t count = 64;
  SampleOrder order = SampleOrder::Random;
  std::uint64_t seed = 0;
};

/// `count` different indices of [0, size) in random order, by Fisher-Yates with
/// the Mersenne Twister: the same for one seed on every machine.
///
/// @param count  0 to size
[[nodiscard]] OMPQ_API std::vector<std::int64_t> random_indices(
    std::int64_t size, std::int64_t count, std::uint64_t seed);

/// The examples `indices` of a dataset, in this order.
///
/// @throws Error{InvalidArgument}  an index is outside the dataset
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> select_examples(
    std::shared_ptr<const Dataset> dataset, std::vector<std::int64_t> indices);

/// A part of a dataset.
///
/// @throws Error{InvalidArgument}  count < 1
[[nodiscard]] OMPQ_API std::shared_ptr<const Dataset> subset(
    std::shared_ptr<const Dataset> dataset, const SubsetOptions& options);

}  // namespace ompq
