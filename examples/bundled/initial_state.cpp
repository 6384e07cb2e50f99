// SPDX-License-Identifier: MIT
#include "examples/bundled/initial_state.h"

#include <cmath>
#include <string>

#include <ATen/ATen.h>
#include <fmt/format.h>

namespace ompq::example {
namespace {

/// Convolution without bias and normalisation.
void add_unit(
    NetworkState& state,
    const std::string& name,
    std::int64_t inputs,
    std::int64_t outputs,
    std::int64_t kernel) {
  const double deviation =
      std::sqrt(2.0 / static_cast<double>(outputs * kernel * kernel));
  state[name + ".conv.weight"] =
      at::randn({outputs, inputs, kernel, kernel}) * deviation;
  state[name + ".norm.weight"] = at::ones({outputs});
  state[name + ".norm.bias"] = at::zeros({outputs});
  state[name + ".norm.running_mean"] = at::zeros({outputs});
  state[name + ".norm.running_var"] = at::ones({outputs});
}

}  // namespace

NetworkState initial_state(std::int64_t classes) {
  NetworkState state;
  add_unit(state, "stem", kImageChannels, kStageChannels[0], 3);
  std::int64_t channels = kStageChannels[0];
  for (std::size_t stage = 0; stage < kStageChannels.size(); ++stage) {
    const std::int64_t outputs = kStageChannels[stage];
    for (std::int64_t block = 0; block < kStageBlocks[stage]; ++block) {
      const std::string name =
          fmt::format("stage{}_block{}", stage + 1, block + 1);
      add_unit(state, name + ".conv1", channels, outputs, 3);
      add_unit(state, name + ".conv2", outputs, outputs, 3);
      if (channels != outputs) {
        add_unit(state, name + ".shortcut", channels, outputs, 1);
      }
      channels = outputs;
    }
  }
  const double limit = 1.0 / std::sqrt(static_cast<double>(channels));
  state["classifier.weight"] =
      at::rand({classes, channels}) * (2 * limit) - limit;
  state["classifier.bias"] = at::rand({classes}) * (2 * limit) - limit;
  return state;
}

}  // namespace ompq::example
