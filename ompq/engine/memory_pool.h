// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <mutex>

#include "ompq/core/export.h"

namespace ompq {

/// Keeps large blocks of memory for use again.
///
/// A network allocates and frees the same large tensors over and over. Memory
/// that goes back to the system costs a page fault per 4 KiB when it returns,
/// which takes longer than most operators; this pool keeps it, in huge pages
/// where the system has them. All blocks lie in one range of addresses that is
/// as large as the machine's memory; the lowest free place that is large enough
/// is taken, so that only as much is ever touched as was needed at once.
///
/// Thread-safe.
class OMPQ_API MemoryPool {
 public:
  /// Reserves addresses, no memory.
  ///
  /// @throws std::bad_alloc  the system refuses
  MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;
  /// All blocks must have been given back.
  ~MemoryPool();

  /// A block of at least `bytes`, aligned to 4,096 bytes.
  ///
  /// @throws std::bad_alloc  no free place is large enough
  [[nodiscard]] void* allocate(std::size_t bytes);

  /// Gives a block of allocate() back.
  void release(void* block);

  /// True for a block of allocate().
  [[nodiscard]] bool contains(const void* block) const;

  /// Distance from the first to the last address that was ever in use: the
  /// memory the pool can hold, in bytes.
  [[nodiscard]] std::size_t touched_bytes() const;

 private:
  using Blocks = std::map<char*, std::size_t>;

  mutable std::mutex mutex_;
  char* begin_ = nullptr;
  std::size_t reserved_ = 0;
  std::size_t touched_ = 0;
  /// Begin and size of every free and every used block, by address.
  Blocks free_;
  Blocks used_;
};

/// Lets libtorch take large tensors from a pool, for the whole process; tensors
/// made before stay valid. For programs, not for libraries: call it before the
/// first network runs.
OMPQ_API void use_pooled_memory();

}  // namespace ompq
