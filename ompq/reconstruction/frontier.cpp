// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/frontier.h"

#include <cstring>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "ompq/core/error.h"

namespace ompq {
namespace {

/// SplitMix64: a well mixed number for every counter.
std::uint64_t mix(std::uint64_t counter) {
  counter += 0x9e3779b97f4a7c15U;
  counter = (counter ^ (counter >> 30U)) * 0xbf58476d1ce4e5b9U;
  counter = (counter ^ (counter >> 27U)) * 0x94d049bb133111ebU;
  return counter ^ (counter >> 31U);
}

/// Chooses each element from one of two rows; eight random bytes decide on
/// eight elements, so the share is one of 257 values.
void mix_rows(
    const float* of_float,
    const float* of_quantized,
    float* out,
    std::int64_t count,
    std::uint64_t threshold,
    std::uint64_t seed) {
  for (std::int64_t i = 0; i < count; i += 8) {
    std::uint64_t bytes = mix(seed + static_cast<std::uint64_t>(i));
    const std::int64_t end = std::min<std::int64_t>(i + 8, count);
    for (std::int64_t j = i; j < end; ++j) {
      out[j] = (bytes & 255U) < threshold ? of_float[j] : of_quantized[j];
      bytes >>= 8U;
    }
  }
}

Shape with_first(const at::Tensor& part, std::int64_t first) {
  Shape shape = part.sizes().vec();
  shape[0] = first;
  return shape;
}

}  // namespace

Frontier::Frontier(std::int64_t groups, TensorStore store)
    : groups_(groups), store_(std::move(store)) {}

void Frontier::store(
    const std::string& value,
    Side side,
    std::int64_t first,
    std::int64_t count,
    const at::Tensor& part) {
  OMPQ_CHECK(
      part.dim() > 0 && part.size(0) % count == 0 && part.size(0) > 0,
      ErrorCode::Unsupported,
      "[quantize] value '{}': its shape {} does not begin with the batch of {} "
      "examples, so that it cannot be cut there; use --method nearest",
      value,
      to_string(part.sizes().vec()),
      count);
  Sides& sides = values_[value];
  at::Tensor& tensor =
      side == Side::Float ? sides.of_float : sides.of_quantized;
  const std::int64_t rows = part.size(0) / count;
  if (!tensor.defined()) {
    tensor = store_.empty(with_first(part, rows * groups_));
  }
  OMPQ_CHECK(
      tensor.sizes() == with_first(part, rows * groups_),
      ErrorCode::Unsupported,
      "[quantize] value '{}': its size depends on the example ({} and {})",
      value,
      to_string(tensor.sizes().vec()),
      to_string(part.sizes().vec()));
  tensor.narrow(0, first * rows, count * rows).copy_(part);
}

void Frontier::share(const std::string& value) {
  Sides& sides = values_.at(value);
  sides.of_quantized = sides.of_float;
}

at::Tensor Frontier::range(
    const std::string& value,
    Side side,
    std::int64_t first,
    std::int64_t count) const {
  const Sides& sides = values_.at(value);
  const at::Tensor& tensor =
      side == Side::Float ? sides.of_float : sides.of_quantized;
  const std::int64_t rows = tensor.size(0) / groups_;
  return tensor.narrow(0, first * rows, count * rows);
}

at::Tensor Frontier::mixed(
    const std::string& value,
    std::span<const std::int64_t> groups,
    double float_share,
    std::uint64_t seed) const {
  const Sides& sides = values_.at(value);
  const std::int64_t rows = sides.of_float.size(0) / groups_;
  const auto count = static_cast<std::int64_t>(groups.size());
  const Shape shape = with_first(sides.of_float, rows * count);
  at::Tensor result = at::empty(
      shape,
      at::TensorOptions(at::kFloat),
      shape.size() == 4 ? at::MemoryFormat::ChannelsLast
                        : at::MemoryFormat::Contiguous);
  const std::int64_t size = result.numel() / count;
  const auto threshold = static_cast<std::uint64_t>(float_share * 256.0 + 0.5);
  // A side that gives nothing need not be there yet.
  const float* const of_float =
      threshold > 0 ? sides.of_float.data_ptr<float>() : nullptr;
  const float* const of_quantized =
      threshold < 256 ? sides.of_quantized.data_ptr<float>() : nullptr;
  float* const out = result.data_ptr<float>();
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t from = groups[static_cast<std::size_t>(i)] * size;
      if (threshold == 0 || threshold >= 256) {
        std::memcpy(
            out + i * size,
            (threshold == 0 ? of_quantized : of_float) + from,
            static_cast<std::size_t>(size) * sizeof(float));
      } else {
        mix_rows(
            of_float + from,
            of_quantized + from,
            out + i * size,
            size,
            threshold,
            mix(seed * 0x100000001b3U + static_cast<std::uint64_t>(i)));
      }
    }
  });
  return result;
}

void Frontier::drop(const std::string& value) {
  values_.erase(value);
}

}  // namespace ompq
