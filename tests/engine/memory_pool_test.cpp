// SPDX-License-Identifier: MIT
#include "ompq/engine/memory_pool.h"

#include <limits>
#include <new>

#include <gtest/gtest.h>

namespace ompq {
namespace {

constexpr std::size_t kBlock = std::size_t{3} << 20;

TEST(MemoryPool, TakesTheSameMemoryAgain) {
  MemoryPool pool;
  void* const first = pool.allocate(kBlock);
  pool.release(first);
  EXPECT_EQ(pool.allocate(kBlock), first);
  EXPECT_EQ(pool.touched_bytes(), kBlock);
  pool.release(first);
}

TEST(MemoryPool, JoinsNeighboursInAnyOrder) {
  MemoryPool pool;
  void* const a = pool.allocate(kBlock);
  void* const b = pool.allocate(kBlock);
  void* const c = pool.allocate(kBlock);
  pool.release(a);
  pool.release(c);
  pool.release(b);
  void* const all = pool.allocate(3 * kBlock);
  EXPECT_EQ(all, a);
  EXPECT_EQ(pool.touched_bytes(), 3 * kBlock);
  pool.release(all);
}

TEST(MemoryPool, RefusesMoreThanTheMachineHas) {
  MemoryPool pool;
  EXPECT_THROW(
      static_cast<void>(
          pool.allocate(std::numeric_limits<std::size_t>::max() / 2)),
      std::bad_alloc);
}

}  // namespace
}  // namespace ompq
