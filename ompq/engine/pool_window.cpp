// SPDX-License-Identifier: MIT
#include "ompq/engine/pool_window.h"

#include "ompq/core/error.h"

namespace ompq {

WindowAttributes read_pool_window(const Node& node) {
  WindowAttributes attributes(node);
  const std::size_t rank = attributes.kernel().size();
  OMPQ_CHECK(
      rank >= 1 && rank <= 3,
      rank == 0 ? ErrorCode::InvalidModel : ErrorCode::Unsupported,
      "kernel_shape must have 1 to 3 entries, got {}",
      rank);
  return attributes;
}

std::vector<std::int64_t> reached_end(
    const SpatialWindow& window, const std::vector<std::int64_t>& input) {
  std::vector<std::int64_t> end(window.rank());
  for (std::size_t i = 0; i < end.size(); ++i) {
    const std::int64_t reached =
        (window.output[i] - 1) * window.stride[i] + window.extent(i);
    end[i] = reached - input[i] - window.pad_begin[i];
  }
  return end;
}

bool has_plain_padding(
    const SpatialWindow& window, const std::vector<std::int64_t>& input) {
  for (std::size_t i = 0; i < window.rank(); ++i) {
    const std::int64_t pad = window.pad_begin[i];
    const std::int64_t padded = input[i] + pad + window.pad_end[i];
    const std::int64_t floor_positions =
        (padded - window.extent(i)) / window.stride[i] + 1;
    if (pad != window.pad_end[i] || pad < 0 || 2 * pad > window.kernel[i] ||
        window.output[i] != floor_positions) {
      return false;
    }
  }
  return true;
}

}  // namespace ompq
