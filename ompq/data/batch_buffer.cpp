// SPDX-License-Identifier: MIT
#include "ompq/data/batch_buffer.h"

#include <new>
#include <utility>

namespace ompq::detail {
namespace {

/// A cache line, and what vector instructions like best.
constexpr std::align_val_t kAlignment{64};

}  // namespace

void BufferPool::Free::operator()(float* buffer) const {
  ::operator delete[](buffer, kAlignment);
}

std::shared_ptr<BufferPool> BufferPool::create(std::int64_t size) {
  return std::shared_ptr<BufferPool>(new BufferPool(size));
}

std::shared_ptr<float[]> BufferPool::take() {
  Buffer buffer;
  {
    const std::lock_guard lock(mutex_);
    if (!unused_.empty()) {
      buffer = std::move(unused_.back());
      unused_.pop_back();
    }
  }
  if (!buffer) {
    buffer.reset(static_cast<float*>(::operator new[](
        static_cast<std::size_t>(size_) * sizeof(float), kAlignment)));
  }
  auto give_back = [home = weak_from_this()](float* data) {
    Buffer returned(data);
    if (const auto pool = home.lock()) {
      const std::lock_guard lock(pool->mutex_);
      pool->unused_.push_back(std::move(returned));
    }
  };
  return {buffer.release(), std::move(give_back)};
}

}  // namespace ompq::detail
