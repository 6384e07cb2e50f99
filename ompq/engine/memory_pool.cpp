// SPDX-License-Identifier: MIT
#include "ompq/engine/memory_pool.h"

#include <algorithm>
#include <new>

#include <sys/mman.h>

namespace ompq {
namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kSmallestChunk = std::size_t{32} << 20;

std::size_t rounded(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

}  // namespace

MemoryPool::~MemoryPool() {
  for (const Chunk& chunk : chunks_) {
    ::munmap(chunk.begin, chunk.size);
  }
}

void* MemoryPool::allocate(std::size_t bytes) {
  const std::size_t size = rounded(std::max<std::size_t>(bytes, 1), kPage);
  const std::lock_guard lock(mutex_);
  const auto find_best = [&] {
    auto best = free_.end();
    for (auto block = free_.begin(); block != free_.end(); ++block) {
      const bool is_better =
          best == free_.end() || block->second < best->second;
      if (block->second >= size && is_better) {
        best = block;
      }
    }
    return best;
  };
  auto best = find_best();
  if (best == free_.end()) {
    add_chunk(size);
    best = find_best();
  }
  return take(best, size);
}

char* MemoryPool::take(
    std::map<char*, std::size_t>::iterator free, std::size_t size) {
  const auto [begin, available] = *free;
  free_.erase(free);
  if (available > size) {
    free_.emplace(begin + size, available - size);
  }
  used_.emplace(begin, size);
  return begin;
}

void MemoryPool::add_chunk(std::size_t at_least) {
  const std::size_t size =
      rounded(std::max(at_least, kSmallestChunk), kHugePage);
  // Memory for one huge page more lets the chunk begin at one.
  void* mapped = ::mmap(
      nullptr,
      size + kHugePage,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS,
      -1,
      0);
  if (mapped == MAP_FAILED) {
    throw std::bad_alloc();
  }
  char* const raw = static_cast<char*>(mapped);
  const std::size_t skip =
      rounded(reinterpret_cast<std::size_t>(raw), kHugePage) -
      reinterpret_cast<std::size_t>(raw);
  char* const begin = raw + skip;
  if (skip > 0) {
    ::munmap(raw, skip);
  }
  ::munmap(begin + size, kHugePage - skip);
  ::madvise(begin, size, MADV_HUGEPAGE);
  chunks_.push_back({begin, size});
  free_.emplace(begin, size);
}

bool MemoryPool::is_chunk_begin(const char* address) const {
  return std::any_of(chunks_.begin(), chunks_.end(), [&](const Chunk& chunk) {
    return chunk.begin == address;
  });
}

void MemoryPool::release(void* block) {
  const std::lock_guard lock(mutex_);
  const auto used = used_.find(static_cast<char*>(block));
  if (used == used_.end()) {
    return;
  }
  auto [begin, size] = *used;
  used_.erase(used);
  // Neighbours are joined unless they belong to different chunks.
  const auto next = free_.find(begin + size);
  if (next != free_.end() && !is_chunk_begin(next->first)) {
    size += next->second;
    free_.erase(next);
  }
  const auto after = free_.lower_bound(begin);
  if (after != free_.begin() && !is_chunk_begin(begin)) {
    const auto previous = std::prev(after);
    if (previous->first + previous->second == begin) {
      previous->second += size;
      return;
    }
  }
  free_.emplace(begin, size);
}

std::size_t MemoryPool::reserved_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t total = 0;
  for (const Chunk& chunk : chunks_) {
    total += chunk.size;
  }
  return total;
}

}  // namespace ompq
