// SPDX-License-Identifier: MIT
#include "ompq/pipeline/class_scores.h"

#include <algorithm>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/graph/constant.h"

namespace ompq {

at::Tensor class_scores(const at::Tensor& output, std::int64_t count) {
  const bool has_batch = output.dim() >= 1 && output.size(0) == count;
  const bool has_classes =
      has_batch && output.numel() > count &&
      output.numel() / count ==
          *std::max_element(output.sizes().begin() + 1, output.sizes().end());
  OMPQ_CHECK(
      has_classes,
      ErrorCode::Unsupported,
      "[eval] the network's first output is {} for {} images; accuracy needs "
      "one score per class",
      to_string(output.sizes().vec()),
      count);
  return output.reshape({count, output.numel() / count})
      .to(at::kFloat)
      .contiguous();
}

}  // namespace ompq
