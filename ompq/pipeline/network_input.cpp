// SPDX-License-Identifier: MIT
#include "ompq/pipeline/network_input.h"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// Pictures are laid out with the channels last, as the convolutions want them.
bool is_picture(const Shape& example) {
  return example.size() == 3;
}

}  // namespace

Shape example_shape(const PreparedModel& model) {
  const auto inputs = model.graph.inputs();
  OMPQ_CHECK(
      inputs.size() == 1,
      ErrorCode::Unsupported,
      "[data] the network has {} inputs; images can feed a network with one",
      inputs.size());
  const Value& input = model.graph.value(inputs.front());
  OMPQ_CHECK(
      input.type == DataType::Float32,
      ErrorCode::Unsupported,
      "[data] input '{}' is {}; images can feed a float32 input only",
      input.name,
      to_string(input.type));
  OMPQ_CHECK(
      input.shape.has_value() && !input.shape->empty(),
      ErrorCode::InvalidModel,
      "[data] input '{}' has no batch dimension",
      input.name);
  Shape example;
  for (std::size_t i = 1; i < input.shape->size(); ++i) {
    example.push_back((*input.shape)[i].size);
  }
  return example;
}

std::int64_t automatic_micro_batch(const PreparedModel& model) {
  constexpr std::int64_t kCachedElements = (std::int64_t{8} << 20) / 4;
  constexpr std::int64_t kLargest = 64;
  std::int64_t largest = 1;
  for (const Value& value : model.graph.values()) {
    const auto shape = shape_at_batch(value);
    if (!value.constant.has_value() && shape.has_value()) {
      largest = std::max(largest, element_count(*shape));
    }
  }
  return std::clamp<std::int64_t>(kCachedElements / largest, 1, kLargest);
}

std::int64_t micro_batch_for(const PreparedModel& model, std::int64_t wanted) {
  const Value& input = model.graph.value(model.graph.inputs().front());
  const Dimension& batch = input.shape->front();
  if (!batch.is_dynamic()) {
    return batch.size;
  }
  return wanted > 0 ? wanted : automatic_micro_batch(model);
}

std::unique_ptr<BatchLoader> open_batches(
    const PreparedModel& model,
    std::shared_ptr<const Dataset> dataset,
    const Preprocessing& preprocessing,
    const InputOptions& options,
    Observer& observer) {
  const Shape example = example_shape(model);
  const BatchLoaderOptions loader_options{
      .batch_size = micro_batch_for(model, options.micro_batch),
      .threads = options.threads,
      .prefetch = options.prefetch,
      .skip_bad = options.skip_bad,
      .layout = is_picture(example) ? BatchLayout::Nhwc : BatchLayout::Nchw};
  return std::make_unique<BatchLoader>(
      std::move(dataset), preprocessing, example, loader_options, observer);
}

Tensors to_inputs(const Batch& batch, const Shape& example) {
  Shape shape{batch.count};
  shape.insert(shape.end(), example.begin(), example.end());
  // The tensor keeps the buffer alive; the loader uses it again afterwards.
  const auto release = [data = batch.data](void*) {};
  if (!is_picture(example)) {
    return {at::from_blob(batch.data.get(), shape, release, at::kFloat)};
  }
  const std::int64_t channels = example[0];
  const std::int64_t row = example[2] * channels;
  return {at::from_blob(
      batch.data.get(),
      shape,
      {example[1] * row, 1, row, channels},
      release,
      at::kFloat)};
}

}  // namespace ompq
