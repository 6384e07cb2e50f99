// SPDX-License-Identifier: MIT

#include <cstdint>
#include <memory>

#include <c10/core/CPUAllocator.h>
#include <torch/version.h>

#include "ompq/engine/memory_pool.h"

namespace ompq {
namespace {

/// Smaller tensors are left to the system's allocator, which keeps them anyway.
constexpr std::size_t kPooledBytes = std::size_t{1} << 20;

/// Never destroyed: tensors of static storage may outlive any other object.
MemoryPool& pool() {
  static auto* const instance = std::make_unique<MemoryPool>().release();
  return *instance;
}

void give_back(void* block) {
  pool().release(block);
}

/// libtorch's own allocator, which takes the small blocks.
c10::Allocator* system_allocator = nullptr;

/// Frees a block whichever allocator it came from: oneDNN inside libtorch
/// asks for plain pointers and gives them back without saying more.
void give_back_any(void* block) {
  if (pool().contains(block)) {
    pool().release(block);
  } else {
    system_allocator->raw_deallocate(block);
  }
}

class PooledAllocator final : public c10::Allocator {
 public:
  [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override {
    return &give_back_any;
  }

  // libtorch dropped the const in version 2.3.
#if TORCH_VERSION_MAJOR > 2 || \
    (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 3)
  c10::DataPtr allocate(std::size_t bytes) override {
    return allocate_block(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }
#else
  c10::DataPtr allocate(std::size_t bytes) const override {
    return allocate_block(bytes);
  }
#endif

 private:
  [[nodiscard]] c10::DataPtr allocate_block(std::size_t bytes) const {
    if (bytes < kPooledBytes) {
      return system_allocator->allocate(bytes);
    }
    void* const block = pool().allocate(bytes);
    return {block, block, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
};

}  // namespace

void use_pooled_memory() {
  if (system_allocator != nullptr) {
    return;
  }
  system_allocator = c10::GetDefaultCPUAllocator();
  auto* const allocator = std::make_unique<PooledAllocator>().release();
  constexpr std::uint8_t kPriority = 1;
  c10::SetCPUAllocator(allocator, kPriority);
}

}  // namespace ompq
