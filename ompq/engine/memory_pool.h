// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <vector>

#include "ompq/core/export.h"

namespace ompq {

/// Keeps large blocks of memory for use again.
///
/// A network allocates and frees the same large tensors over and over. Memory
/// that goes back to the system costs a page fault per 4 KiB when it returns,
/// which takes longer than most operators; this pool keeps it, in huge pages
/// where the system has them. Blocks are cut from chunks, best fit first, and
/// joined with their free neighbours when they come back.
///
/// Thread-safe.
class OMPQ_API MemoryPool {
 public:
  MemoryPool() = default;
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;
  /// All blocks must have been given back.
  ~MemoryPool();

  /// A block of at least `bytes`, aligned to 4,096 bytes.
  ///
  /// @throws std::bad_alloc
  [[nodiscard]] void* allocate(std::size_t bytes);

  /// Gives a block of allocate() back.
  void release(void* block);

  /// Memory taken from the system, in bytes.
  [[nodiscard]] std::size_t reserved_bytes() const;

 private:
  struct Chunk {
    char* begin;
    std::size_t size;
  };

  char* take(std::map<char*, std::size_t>::iterator free, std::size_t size);
  void add_chunk(std::size_t at_least);
  [[nodiscard]] bool is_chunk_begin(const char* address) const;

  mutable std::mutex mutex_;
  std::vector<Chunk> chunks_;
  /// Begin and size of every free block, by address.
  std::map<char*, std::size_t> free_;
  std::map<char*, std::size_t> used_;
};

/// Lets libtorch take large tensors from a pool, for the whole process; tensors
/// made before stay valid. For programs, not for libraries: call it before the
/// first network runs.
OMPQ_API void use_pooled_memory();

}  // namespace ompq
