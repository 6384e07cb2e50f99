// SPDX-License-Identifier: MIT
#include "ompq/engine/memory_pool.h"

#include <algorithm>
#include <iterator>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

namespace ompq {
namespace {

constexpr std::size_t kPage = 4096;

std::size_t physical_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long size = ::sysconf(_SC_PAGESIZE);
  constexpr std::size_t kUnknown = std::size_t{16} << 30;
  return pages > 0 && size > 0
             ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(size)
             : kUnknown;
}

}  // namespace

MemoryPool::MemoryPool() : reserved_(physical_memory() / kPage * kPage) {
  void* const range = ::mmap(
      nullptr,
      reserved_,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
      -1,
      0);
  if (range == MAP_FAILED) {
    throw std::bad_alloc();
  }
  ::madvise(range, reserved_, MADV_HUGEPAGE);
  begin_ = static_cast<char*>(range);
  free_.emplace(begin_, reserved_);
}

MemoryPool::~MemoryPool() {
  ::munmap(begin_, reserved_);
}

void* MemoryPool::allocate(std::size_t bytes) {
  const std::size_t size =
      (std::max<std::size_t>(bytes, 1) + kPage - 1) / kPage * kPage;
  const std::lock_guard lock(mutex_);
  const auto place =
      std::find_if(free_.begin(), free_.end(), [&](const auto& block) {
        return block.second >= size;
      });
  if (place == free_.end()) {
    throw std::bad_alloc();
  }
  const auto [address, available] = *place;
  free_.erase(place);
  if (available > size) {
    free_.emplace(address + size, available - size);
  }
  used_.emplace(address, size);
  touched_ =
      std::max(touched_, static_cast<std::size_t>(address - begin_) + size);
  return address;
}

void MemoryPool::release(void* block) {
  const std::lock_guard lock(mutex_);
  const auto used = used_.find(static_cast<char*>(block));
  if (used == used_.end()) {
    return;
  }
  auto merged = free_.insert(used_.extract(used)).position;
  const auto next = std::next(merged);
  if (next != free_.end() && merged->first + merged->second == next->first) {
    merged->second += next->second;
    free_.erase(next);
  }
  if (merged == free_.begin()) {
    return;
  }
  const auto previous = std::prev(merged);
  if (previous->first + previous->second == merged->first) {
    previous->second += merged->second;
    free_.erase(merged);
  }
}

bool MemoryPool::contains(const void* block) const {
  // The range of addresses never changes, so no lock is needed.
  const auto* const address = static_cast<const char*>(block);
  return address >= begin_ && address < begin_ + reserved_;
}

std::size_t MemoryPool::touched_bytes() const {
  const std::lock_guard lock(mutex_);
  return touched_;
}

}  // namespace ompq
