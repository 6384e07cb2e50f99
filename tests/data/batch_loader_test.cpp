// SPDX-License-Identifier: MIT
#include "ompq/data/batch_loader.h"

#include <atomic>
#include <chrono>
#include <numeric>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ompq/core/error.h"
#include "ompq/data/open_dataset.h"

#include "tests/data/counting_dataset.h"
#include "tests/data/image_writer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

using testing::ElementsAre;

class RecordingObserver : public Observer {
 public:
  void warn(const std::string& message) override {
    warnings.push_back(message);
  }
  [[nodiscard]] bool interrupted() const override { return stop; }

  std::vector<std::string> warnings;
  bool stop = false;
};

std::vector<Batch> all_batches(BatchLoader& loader) {
  std::vector<Batch> batches;
  while (std::optional<Batch> batch = loader.next()) {
    batches.push_back(std::move(*batch));
  }
  return batches;
}

std::shared_ptr<const Dataset> counting(
    std::int64_t size,
    std::set<std::int64_t> bad = {},
    ErrorCode code = ErrorCode::InvalidData) {
  return std::make_shared<CountingDataset>(size, std::move(bad), code);
}

TEST(BatchLoader, GivesExamplesInOrder) {
  for (const int threads : {1, 2, 7}) {
    for (const std::int64_t prefetch : {0, 1, 5}) {
      BatchLoader loader(
          counting(11),
          {},
          {2},
          {.batch_size = 4, .threads = threads, .prefetch = prefetch});

      const std::vector<Batch> batches = all_batches(loader);

      ASSERT_EQ(batches.size(), 3U);
      EXPECT_THAT(batches[1].values(), ElementsAre(4, 4, 5, 5, 6, 6, 7, 7));
      EXPECT_THAT(batches[1].labels, ElementsAre(4, 5, 6, 7));
      EXPECT_THAT(batches[2].indices, ElementsAre(8, 9, 10));
      EXPECT_EQ(batches[2].names.back(), "example 10");
      EXPECT_EQ(batches[2].count, 3);
      EXPECT_EQ(loader.next(), std::nullopt);
    }
  }
}

TEST(BatchLoader, AlignsItsBuffers) {
  BatchLoader loader(counting(3), {}, {2}, {.batch_size = 1});
  for (const Batch& batch : all_batches(loader)) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(batch.data.get()) % 64, 0U);
  }
}

TEST(BatchLoader, UsesItsBuffersAgain) {
  BatchLoader loader(
      counting(200), {}, {2}, {.batch_size = 2, .threads = 2, .prefetch = 1});
  std::set<const float*> buffers;
  while (const std::optional<Batch> batch = loader.next()) {
    buffers.insert(batch->data.get());
  }
  // Those in the making and the one in use.
  EXPECT_LE(buffers.size(), 4U);
}

TEST(BatchLoader, LeavesKeptBatchesAlone) {
  std::optional<Batch> first;
  {
    BatchLoader loader(counting(40), {}, {2}, {.batch_size = 2});
    first = loader.next();
    static_cast<void>(all_batches(loader));
  }
  EXPECT_THAT(first->values(), ElementsAre(0, 0, 1, 1));
}

TEST(BatchLoader, ThrowsTheFirstErrorInOrder) {
  for (const int threads : {1, 3}) {
    BatchLoader loader(
        counting(20, {6, 7, 15}),
        {},
        {2},
        {.batch_size = 4, .threads = threads});
    EXPECT_THAT(loader.next()->indices, ElementsAre(0, 1, 2, 3));
    expect_error(ErrorCode::InvalidData, "example 6", [&] {
      static_cast<void>(loader.next());
    });
    EXPECT_EQ(loader.next(), std::nullopt);
  }
}

TEST(BatchLoader, SkipsBadExamplesWithAWarning) {
  RecordingObserver observer;
  BatchLoader loader(
      counting(12, {1, 4, 5, 6, 7, 11}),
      {},
      {2},
      {.batch_size = 4, .skip_bad = true},
      observer);

  const std::vector<Batch> batches = all_batches(loader);

  ASSERT_EQ(batches.size(), 2U);
  EXPECT_THAT(batches[0].values(), ElementsAre(0, 0, 2, 2, 3, 3));
  EXPECT_THAT(batches[0].labels, ElementsAre(0, 2, 3));
  EXPECT_THAT(batches[1].indices, ElementsAre(8, 9, 10));
  EXPECT_EQ(observer.warnings.size(), 6U);
  EXPECT_EQ(observer.warnings[0], "skipped: example 1: damaged");
  EXPECT_EQ(loader.skipped().size(), 6U);
}

TEST(BatchLoader, DoesNotSkipOtherErrors) {
  BatchLoader loader(
      counting(4, {1}, ErrorCode::ShapeMismatch), {}, {2}, {.skip_bad = true});
  expect_error(ErrorCode::ShapeMismatch, "example 1", [&] {
    static_cast<void>(loader.next());
  });
}

TEST(BatchLoader, FailsWhenNothingIsLeft) {
  BatchLoader loader(
      counting(3, {0, 1, 2}), {}, {2}, {.batch_size = 1, .skip_bad = true});
  expect_error(ErrorCode::InvalidData, "none of the 3 examples", [&] {
    static_cast<void>(loader.next());
  });
}

TEST(BatchLoader, NamesABrokenPictureAmongGoodOnes) {
  const TempDir folder;
  const FileBytes good = write_jpeg(gradient_image(16, 16).pixels, 16, 16);
  folder.write("1.jpg", good);
  folder.write(
      "2.jpg",
      FileBytes(
          good.begin(),
          good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2)));
  folder.write("3.jpg", good);
  const auto dataset = open_dataset(folder.path());

  BatchLoader strict(dataset, {}, {3, 16, 16});
  expect_error(ErrorCode::InvalidData, "2.jpg: truncated", [&] {
    static_cast<void>(strict.next());
  });

  RecordingObserver observer;
  BatchLoader lenient(dataset, {}, {3, 16, 16}, {.skip_bad = true}, observer);
  EXPECT_THAT(lenient.next()->indices, ElementsAre(0, 2));
  EXPECT_THAT(
      observer.warnings, ElementsAre(testing::HasSubstr("2.jpg: truncated")));
}

TEST(BatchLoader, StopsWhenInterrupted) {
  RecordingObserver observer;
  BatchLoader loader(counting(9), {}, {2}, {.batch_size = 3}, observer);
  EXPECT_TRUE(loader.next().has_value());
  observer.stop = true;
  expect_error(ErrorCode::Interrupted, "interrupted", [&] {
    static_cast<void>(loader.next());
  });
}

/// Counts how many examples were asked for.
class WatchedDataset : public CountingDataset {
 public:
  using CountingDataset::CountingDataset;
  [[nodiscard]] Sample get(std::int64_t index) const override {
    ++asked;
    return CountingDataset::get(index);
  }
  mutable std::atomic<int> asked = 0;
};

TEST(BatchLoader, RunsAheadByNoMoreThanPrefetch) {
  const auto dataset = std::make_shared<WatchedDataset>(100);
  BatchLoader loader(
      dataset, {}, {2}, {.batch_size = 5, .threads = 2, .prefetch = 1});
  static_cast<void>(loader.next());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  // One batch returned, and prefetch + 1 in the making.
  EXPECT_LE(dataset->asked, 15);
}

TEST(BatchLoader, EndsInTheMiddle) {
  const auto dataset = std::make_shared<WatchedDataset>(100'000);
  {
    BatchLoader loader(dataset, {}, {2});
    static_cast<void>(loader.next());
  }
  EXPECT_LT(dataset->asked, 1000);
}

TEST(BatchLoader, RefusesOptionsOutOfRange) {
  for (const BatchLoaderOptions& options :
       {BatchLoaderOptions{.batch_size = 0},
        BatchLoaderOptions{.threads = 0},
        BatchLoaderOptions{.prefetch = -1}}) {
    expect_error(ErrorCode::InvalidArgument, "batch size", [&] {
      const BatchLoader loader(counting(3), {}, {2}, options);
    });
  }
}

}  // namespace
}  // namespace ompq
