// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ompq/core/export.h"
#include "ompq/core/observer.h"
#include "ompq/data/dataset.h"
#include "ompq/data/preprocess.h"

namespace ompq {

/// How a BatchLoader works.
struct BatchLoaderOptions {
  /// Examples of a batch; the last one may have fewer.
  std::int64_t batch_size = 16;
  /// Threads that decode, besides the caller's.
  int threads = 2;
  /// Batches prepared ahead of the one that next() returns; bounds memory to
  /// prefetch + 1 batches, and those that the caller keeps.
  std::int64_t prefetch = 2;
  /// Leave damaged examples out with a warning instead of failing.
  bool skip_bad = false;
  /// Order of the elements of a batch.
  BatchLayout layout = BatchLayout::Nchw;
};

/// Network inputs for some consecutive examples.
struct Batch {
  /// count x element_count float32 values, in the loader's layout, aligned to
  /// 64 bytes. The memory is used again once all copies of this pointer are
  /// gone.
  std::shared_ptr<float[]> data;
  /// Number of examples.
  std::int64_t count = 0;
  /// Number of values of one example.
  std::int64_t element_count = 0;
  /// Class index of each example; empty if the dataset has no labels.
  std::vector<std::int64_t> labels;
  /// Dataset::name() of each example.
  std::vector<std::string> names;
  /// Position in the dataset of each example.
  std::vector<std::int64_t> indices;

  /// The values of all examples.
  [[nodiscard]] std::span<const float> values() const {
    return {data.get(), static_cast<std::size_t>(count * element_count)};
  }
};

/// Decodes and preprocesses a dataset in batches, in threads of its own, ahead
/// of the caller. Order and contents do not depend on the number of threads.
///
/// Example:
///
///   BatchLoader loader(dataset, preprocessing, {3, 224, 224}, {}, observer);
///   while (const std::optional<Batch> batch = loader.next()) { ... }
class OMPQ_API BatchLoader {
 public:
  /// @param input_shape  of one example; see Preprocessor
  /// @param observer     must outlive the loader; called by next() only
  /// @throws Error{InvalidArgument}  batch_size or threads < 1, prefetch < 0,
  ///                                 or as Preprocessor
  BatchLoader(
      std::shared_ptr<const Dataset> dataset,
      const Preprocessing& preprocessing,
      std::vector<std::int64_t> input_shape,
      const BatchLoaderOptions& options = {},
      Observer& observer = silent_observer());

  BatchLoader(const BatchLoader&) = delete;
  BatchLoader& operator=(const BatchLoader&) = delete;
  /// Stops the threads after the examples they are working on.
  ~BatchLoader();

  /// The next batch; nullopt after the last one.
  ///
  /// @throws Error  of the first example, in order, that could not be decoded
  ///                or does not fit; after this the loader only gives nullopt.
  ///                With skip_bad, InvalidData, InvalidFile and NotFound are
  ///                warnings instead, unless no example is left
  /// @throws Error{Interrupted}  the observer asked to stop
  [[nodiscard]] std::optional<Batch> next();

  /// Names of the examples left out so far.
  [[nodiscard]] const std::vector<std::string>& skipped() const;

 private:
  class Workers;

  std::unique_ptr<Workers> workers_;
};

}  // namespace ompq
