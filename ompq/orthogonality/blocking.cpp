// SPDX-License-Identifier: MIT
#include "ompq/orthogonality/blocking.h"

#include <omp.h>

#include "ompq/orthogonality/gram_packing.h"

namespace ompq::detail {
namespace {

/// Multiplications below which another thread costs more than it saves.
constexpr std::int64_t kWorkOfThread = std::int64_t{1} << 20;

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace

Blocking blocking_of(
    std::int64_t rows,
    std::int64_t needed,
    std::int64_t length,
    std::int64_t block_length,
    int threads) {
  Blocking blocking{
      .rows = rows,
      .groups = divide_up(rows, kTileRows),
      .needed_groups = divide_up(needed, kTileRows),
      .length = length,
      .block_length = block_length,
      .blocks = divide_up(length, block_length)};
  const std::int64_t most_parts = blocking.groups <= 32 ? 32 : 16;
  blocking.parts = std::min(blocking.blocks, most_parts);
  const std::int64_t wanted = threads > 0 ? threads : omp_get_max_threads();
  const std::int64_t worth = 1 + rows * rows * length / kWorkOfThread;
  blocking.workers =
      static_cast<int>(std::min({wanted, worth, blocking.parts}));
  return blocking;
}

}  // namespace ompq::detail
