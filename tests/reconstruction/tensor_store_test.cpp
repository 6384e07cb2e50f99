// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/tensor_store.h"

#include <filesystem>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace ompq {
namespace {

constexpr std::int64_t kKibibyte = 1024;

TEST(TensorStore, PutsIntoFilesWhatExceedsTheLimit) {
  const TempDir folder;
  TensorStore store(Bytes{kKibibyte}, folder.path());

  const at::Tensor first = store.empty({128});
  at::Tensor second = store.empty({192});
  const at::Tensor third = store.empty({128});

  EXPECT_EQ(store.bytes_in_memory(), 1024);
  EXPECT_EQ(store.bytes_in_files(), 768);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  second = at::Tensor();
  EXPECT_EQ(store.bytes_in_files(), 0);
  EXPECT_EQ(store.bytes_in_memory(), 1024);
}

TEST(TensorStore, UsesMemoryAgainThatATensorLeft) {
  const TempDir folder;
  TensorStore store(Bytes{kKibibyte}, folder.path());
  for (int i = 0; i < 5; ++i) {
    const at::Tensor tensor = store.empty({256});
    const at::Tensor view = tensor.narrow(0, 3, 5);
    EXPECT_EQ(store.bytes_in_memory(), 1024);
    EXPECT_EQ(store.bytes_in_files(), 0);
  }
  EXPECT_EQ(store.bytes_in_memory(), 0);
}

TEST(TensorStore, GivesTheSameTensorsInFilesAsInMemory) {
  const TempDir folder;
  for (const Shape& shape :
       std::vector<Shape>{{7}, {3, 5}, {2, 3, 4}, {2, 3, 5, 7}, {2, 1, 3, 3}}) {
    at::manual_seed(1);
    const at::Tensor numbers = at::randn(shape);
    at::Tensor in_memory =
        TensorStore(Bytes{1 << 20}, folder.path()).empty(shape);
    at::Tensor in_file = TensorStore(Bytes{0}, folder.path()).empty(shape);

    in_memory.copy_(numbers);
    in_file.copy_(numbers);

    EXPECT_TRUE(at::equal(in_memory, numbers));
    EXPECT_TRUE(at::equal(in_file, numbers));
    EXPECT_EQ(in_file.strides(), in_memory.strides());
    EXPECT_EQ(
        in_file.is_contiguous(at::MemoryFormat::ChannelsLast),
        shape.size() == 4);
  }
}

TEST(TensorStore, OutlivesItsOwnEnd) {
  const TempDir folder;
  at::Tensor tensor;
  {
    TensorStore store(Bytes{0}, folder.path());
    tensor = store.empty({100});
  }
  tensor.fill_(2);

  EXPECT_EQ(tensor.sum().item<float>(), 200.0F);
}

TEST(TensorStore, SaysWhatItNeededWhereAFolderTakesNoFile) {
  const TempDir folder;
  TensorStore store(Bytes{0}, folder.path() / "missing");

  expect_error(ErrorCode::OutputFailed, "missing: cannot keep 4.00 KiB", [&] {
    static_cast<void>(store.empty({1024}));
  });
  EXPECT_EQ(store.bytes_in_files(), 0);
}

TEST(TensorStore, NeedsNoFolderWhileEverythingFits) {
  TensorStore store(Bytes{kKibibyte}, "missing");

  EXPECT_EQ(store.empty({16, 16}).numel(), 256);
  EXPECT_EQ(store.empty({0, 4}).numel(), 0);
}

}  // namespace
}  // namespace ompq
