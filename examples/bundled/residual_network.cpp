// SPDX-License-Identifier: MIT
#include "examples/bundled/residual_network.h"

#include <cstddef>

#include <fmt/format.h>

namespace ompq::example {

ConvUnitImpl::ConvUnitImpl(
    std::int64_t inputs,
    std::int64_t outputs,
    std::int64_t kernel,
    std::int64_t stride)
    : conv_(register_module(
          "conv",
          torch::nn::Conv2d(torch::nn::Conv2dOptions(inputs, outputs, kernel)
                                .stride(stride)
                                .padding(kernel / 2)
                                .bias(false)))),
      norm_(register_module("norm", torch::nn::BatchNorm2d(outputs))) {
  torch::nn::init::kaiming_normal_(
      conv_->weight, 0.0, torch::kFanOut, torch::kReLU);
}

torch::Tensor ConvUnitImpl::forward(const torch::Tensor& input) {
  return norm_->forward(conv_->forward(input));
}

ResidualBlockImpl::ResidualBlockImpl(
    std::int64_t inputs, std::int64_t outputs, std::int64_t stride)
    : first_(register_module("conv1", ConvUnit(inputs, outputs, 3, stride))),
      second_(register_module("conv2", ConvUnit(outputs, outputs, 3, 1))) {
  if (inputs != outputs || stride != 1) {
    shortcut_ =
        register_module("shortcut", ConvUnit(inputs, outputs, 1, stride));
  }
}

torch::Tensor ResidualBlockImpl::forward(const torch::Tensor& input) {
  const torch::Tensor inner = torch::relu(first_->forward(input));
  const torch::Tensor passed = shortcut_ ? shortcut_->forward(input) : input;
  return torch::relu(second_->forward(inner) + passed);
}

ResidualNetworkImpl::ResidualNetworkImpl(std::int64_t classes)
    : stem_(register_module(
          "stem", ConvUnit(kImageChannels, kStageChannels[0], 3, 1))) {
  std::int64_t channels = kStageChannels[0];
  for (std::size_t stage = 0; stage < kStageChannels.size(); ++stage) {
    for (std::int64_t block = 0; block < kStageBlocks[stage]; ++block) {
      const std::int64_t stride = stage > 0 && block == 0 ? 2 : 1;
      blocks_.push_back(register_module(
          fmt::format("stage{}_block{}", stage + 1, block + 1),
          ResidualBlock(channels, kStageChannels[stage], stride)));
      channels = kStageChannels[stage];
    }
  }
  classifier_ =
      register_module("classifier", torch::nn::Linear(channels, classes));
}

torch::Tensor ResidualNetworkImpl::forward(const torch::Tensor& images) {
  torch::Tensor features = torch::relu(stem_->forward(images));
  for (ResidualBlock& block : blocks_) {
    features = block->forward(features);
  }
  return classifier_->forward(features.mean({2, 3}));
}

}  // namespace ompq::example
