// SPDX-License-Identifier: MIT
#include "ompq/engine/micro_batches.h"

#include <algorithm>

#include <ATen/ATen.h>

namespace ompq {

std::vector<Tensors> copy_micro_batches(
    const std::vector<Tensors>& micro_batches,
    std::optional<std::int64_t> samples) {
  std::vector<Tensors> copies;
  std::int64_t left = samples.value_or(count_samples(micro_batches));
  for (const Tensors& inputs : micro_batches) {
    const std::int64_t here = std::min(left, inputs.front().size(0));
    if (here <= 0) {
      break;
    }
    Tensors& row = copies.emplace_back();
    for (const at::Tensor& input : inputs) {
      row.push_back(input.narrow(0, 0, here).clone());
    }
    left -= here;
  }
  return copies;
}

std::int64_t count_samples(const std::vector<Tensors>& micro_batches) {
  std::int64_t count = 0;
  for (const Tensors& inputs : micro_batches) {
    count += inputs.front().size(0);
  }
  return count;
}

}  // namespace ompq
