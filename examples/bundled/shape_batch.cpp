// SPDX-License-Identifier: MIT
#include "examples/bundled/shape_batch.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace ompq::example {

ShapeBatch load_batch(
    const Dataset& dataset, std::int64_t begin, std::int64_t end) {
  const std::int64_t count = end - begin;
  const Image first = dataset.get(begin).image.value();
  const at::Tensor bytes =
      at::empty({count, first.height, first.width, 3}, at::kByte);
  at::Tensor labels = at::empty({count}, at::kLong);
  auto* byte = bytes.data_ptr<std::uint8_t>();
  auto* label = labels.data_ptr<std::int64_t>();
  const auto image_bytes = static_cast<std::int64_t>(first.pixels.size());
  at::parallel_for(0, count, 8, [&](std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) {
      const Sample sample = dataset.get(begin + i);
      std::copy(
          sample.image->pixels.begin(),
          sample.image->pixels.end(),
          byte + i * image_bytes);
      label[i] = sample.label.value();
    }
  });
  at::Tensor images =
      bytes.to(at::kFloat).div_(127.5).sub_(1).permute({0, 3, 1, 2});
  return {std::move(images), std::move(labels)};
}

}  // namespace ompq::example
