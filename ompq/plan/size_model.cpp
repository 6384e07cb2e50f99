// SPDX-License-Identifier: MIT
#include "ompq/plan/size_model.h"

#include "ompq/core/error.h"
#include "ompq/plan/bit_plan.h"

namespace ompq {

std::vector<int> bit_planes(int bits) {
  OMPQ_CHECK(
      bits >= kMinPlanBits && bits <= kMaxPlanBits,
      ErrorCode::InvalidArgument,
      "[size_model] expected a width from {} to {} bits, got {}",
      kMinPlanBits,
      kMaxPlanBits,
      bits);
  std::vector<int> planes;
  for (const int plane : {8, 8, 4, 2, 1}) {
    if (bits >= plane) {
      planes.push_back(plane);
      bits -= plane;
    }
  }
  return planes;
}

std::int64_t payload_bits(const Layer& layer, int bits) {
  return layer.weights * bits;
}

std::int64_t paper_bits(const Layer& layer, int bits) {
  return (layer.weights + 2 * layer.output_channels) * bits;
}

std::int64_t bit_operations(
    const Layer& layer, int weight_bits, std::optional<int> activation_bits) {
  return layer.macs * weight_bits * activation_bits.value_or(kFloatBits);
}

std::int64_t layer_file_bytes(
    const FileSizeModel& model, const Layer& layer, int bits) {
  std::int64_t bytes = 0;
  for (const int plane : bit_planes(bits)) {
    bytes += (layer.weights * plane + 7) / 8 + model.bytes_per_plane;
  }
  return bytes;
}

}  // namespace ompq
