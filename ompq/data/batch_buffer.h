// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace ompq::detail {

/// Lends float buffers of one size and takes them back when their last owner
/// lets go: pages touched once are used again. Thread-safe; buffers may outlive
/// the pool.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  /// @param size  number of float32 values of a buffer
  [[nodiscard]] static std::shared_ptr<BufferPool> create(std::int64_t size);

  /// A buffer with undefined contents, aligned to 64 bytes.
  [[nodiscard]] std::shared_ptr<float[]> take();

 private:
  struct Free {
    void operator()(float* buffer) const;
  };
  using Buffer = std::unique_ptr<float[], Free>;

  explicit BufferPool(std::int64_t size) : size_(size) {}

  std::int64_t size_;
  std::mutex mutex_;
  std::vector<Buffer> unused_;
};

}  // namespace ompq::detail
