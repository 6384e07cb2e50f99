// SPDX-License-Identifier: MIT
#include "ompq/engine/dnnl_operations.h"

#include <cmath>

namespace ompq {

void append_clamp(
    dnnl::post_ops& operations, const std::optional<ClampRange>& range) {
  if (range.has_value() && range->low == 0.0F && std::isinf(range->high)) {
    operations.append_eltwise(1.0F, dnnl::algorithm::eltwise_relu, 0.0F, 0.0F);
  } else if (range.has_value()) {
    operations.append_eltwise(
        1.0F, dnnl::algorithm::eltwise_clip, range->low, range->high);
  }
}

dnnl::memory source_memory(
    const dnnl::engine& engine,
    const dnnl::memory::desc& layout,
    std::span<const float> elements) {
  // oneDNN takes a mutable pointer, but only reads sources.
  return {layout, engine, const_cast<float*>(elements.data())};
}

}  // namespace ompq
