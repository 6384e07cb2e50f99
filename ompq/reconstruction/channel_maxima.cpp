// SPDX-License-Identifier: MIT
#include "ompq/reconstruction/channel_maxima.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include <ATen/ATen.h>

#include "ompq/core/error.h"
#include "ompq/engine/network.h"
#include "ompq/graph/channel_paths.h"

namespace ompq {
namespace {

/// [C] largest magnitude of each channel.
at::Tensor slice_maxima(const at::Tensor& slice, const std::string& name) {
  OMPQ_CHECK(
      slice.dim() >= 2 && slice.scalar_type() == at::kFloat,
      ErrorCode::Unsupported,
      "[channel_maxima] value '{}' of shape {}: expected float32 with a batch "
      "and channels",
      name,
      to_string(slice.sizes().vec()));
  std::vector<std::int64_t> others(static_cast<std::size_t>(slice.dim()) - 1);
  for (std::size_t i = 1; i < others.size(); ++i) {
    others[i] = static_cast<std::int64_t>(i) + 1;
  }
  // Two passes without a copy of |slice|; NaN wins in both.
  return at::maximum(slice.amax(others), -slice.amin(others)).contiguous();
}

void update(
    std::vector<float>& maxima,
    const at::Tensor& slice,
    const std::string& name) {
  const at::Tensor found = slice_maxima(slice, name);
  const float* numbers = found.data_ptr<float>();
  maxima.resize(static_cast<std::size_t>(found.numel()), 0.0F);
  for (std::size_t channel = 0; channel < maxima.size(); ++channel) {
    OMPQ_CHECK(
        std::isfinite(numbers[channel]),
        ErrorCode::InvalidData,
        "[channel_maxima] value '{}': channel {} holds {}; check the "
        "calibration data and their preprocessing",
        name,
        channel,
        numbers[channel]);
    maxima[channel] = std::max(maxima[channel], numbers[channel]);
  }
}

}  // namespace

std::map<std::string, std::vector<float>> observe_channel_maxima(
    const Graph& graph,
    const std::vector<ValueId>& values,
    std::vector<Tensors> micro_batches) {
  std::map<std::string, std::vector<float>> maxima;
  const Network network(graph, {.taps = values});
  const auto observe = [&](const TapEvent& event) {
    const std::string& name = graph.value(values[event.tap]).name;
    for (const at::Tensor& slice : event.slices) {
      update(maxima[name], slice, name);
    }
    return false;
  };
  static_cast<void>(network.run(std::move(micro_batches), observe));
  return maxima;
}

std::map<std::string, std::vector<float>> observe_equalization_maxima(
    const PreparedModel& model, std::vector<Tensors> micro_batches) {
  std::vector<ValueId> values;
  for (const ChannelPath& path :
       find_channel_paths(model.graph, model.layers.layers)) {
    values.push_back(path.activation);
  }
  return values.empty() ? std::map<std::string, std::vector<float>>{}
                        : observe_channel_maxima(
                              model.graph, values, std::move(micro_batches));
}

}  // namespace ompq
