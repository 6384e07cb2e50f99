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

  void* const small = allocator->raw_allocate(64);
  void* const large = allocator->raw_allocate(std::size_t{5} << 20);
  allocator->raw_deallocate(small);
  allocator->raw_deallocate(large);

  void* const again = allocator->raw_allocate(std::size_t{5} << 20);
  EXPECT_EQ(again, large) << "the pool did not get its block back";
  allocator->raw_deallocate(again);
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
