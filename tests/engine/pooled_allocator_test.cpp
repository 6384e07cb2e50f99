// SPDX-License-Identifier: MIT
#include <ATen/ATen.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include "ompq/engine/memory_pool.h"

namespace ompq {
namespace {

TEST(PooledAllocator, GivesPlainPointersOfAnySizeAndTakesThemBack) {
  use_pooled_memory();
  c10::Allocator* const allocator = c10::GetCPUAllocator();

  for (const std::size_t bytes : {std::size_t{64}, std::size_t{5} << 20}) {
    void* const first = allocator->raw_allocate(bytes);
    allocator->raw_deallocate(first);
    void* const second = allocator->raw_allocate(bytes);
    EXPECT_EQ(second, first) << bytes;
    allocator->raw_deallocate(second);
  }
}

TEST(PooledAllocator, ServesConvolutionsThatKeepScratchMemory) {
  use_pooled_memory();
  const at::Tensor input = at::ones({8, 64, 56, 56});
  const at::Tensor weight = at::ones({64, 64, 3, 3});

  const at::Tensor output = at::conv2d(input, weight, {}, 1, 1);

  EXPECT_EQ(output.index({0, 0, 28, 28}).item<float>(), 576.0F);
}

}  // namespace
}  // namespace ompq
